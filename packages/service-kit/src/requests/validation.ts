/** Checks requests against schemas: bodies as they are, what came as text (query, path, headers) converted. */
import { Ajv, type Options } from 'ajv';
import type { FastifyInstance } from 'fastify';

const SHARED: Options = {
  // One error is enough for an answer; collecting all of them lets a client choose the work.
  allErrors: false,
  useDefaults: true,
  removeAdditional: false,
  strict: false,
};

/** Switches coercion off for bodies: Fastify's default turns `null` into 0 and `"1"` into 1. */
export function addValidation(app: FastifyInstance): void {
  const strict = new Ajv({ ...SHARED, coerceTypes: false });
  const fromText = new Ajv({ ...SHARED, coerceTypes: true });
  app.setValidatorCompiler(({ schema, httpPart }) =>
    (httpPart === 'body' ? strict : fromText).compile(schema),
  );
}
