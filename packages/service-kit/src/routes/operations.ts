/** What the routes of our services describe themselves with, for the OpenAPI document. */
import type { FastifyInstance } from 'fastify';
import type { TSchema } from 'typebox';

/** For `components.securitySchemes` of a service with tokens. */
export const bearerScheme = {
  bearerAuth: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
} as const;

/** For routes that need a token. */
export const bearerSecurity = [{ bearerAuth: [] }];

/** A JSON answer of an operation. */
export function answer(description: string, schema: TSchema) {
  return { description, content: { 'application/json': { schema } } };
}

/**
 * Adds the schemas that routes refer to by name. They document and check nothing: for services whose documents ask for
 * an order and for sentences of their own, which they keep in rules beside the routes.
 */
export function addDocumentedSchemas(app: FastifyInstance, schemas: readonly TSchema[]): void {
  for (const schema of schemas) app.addSchema(schema);
  app.setValidatorCompiler(() => (value) => ({ value }));
}
