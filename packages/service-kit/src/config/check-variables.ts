/** Checks variables against their schemas and says what is wrong in one sentence. */
import { Ajv } from 'ajv';
import { envSchema } from 'env-schema';
import type { Static, TObject } from 'typebox';
import type { Environment } from './config.ts';
import { ConfigError } from './config-error.ts';
import { isSecret } from './secret-files.ts';

const DECIMAL = /^-?\d+(\.\d+)?$/;

export function checkVariables<Schema extends TObject>(
  schema: Schema,
  environment: Environment,
): Static<Schema> {
  assertDecimals(schema, environment);
  try {
    return envSchema<Static<Schema>>({
      schema: structuredClone(schema) as object,
      data: { ...environment },
      env: false,
      ajv: createAjv(),
    });
  } catch (error) {
    const issue = (error as { errors?: readonly Issue[] }).errors?.[0];
    if (issue === undefined) throw error;
    throw new ConfigError(describe(issue, schema, environment));
  }
}

/** With env-schema's options. That one is made for each call would cost every start the check of Ajv's own schemas. */
function createAjv(): Ajv {
  return new Ajv({
    allErrors: true,
    removeAdditional: true,
    useDefaults: true,
    coerceTypes: true,
    allowUnionTypes: true,
    addUsedSchema: false,
    meta: false,
    validateSchema: false,
    keywords: ['secret'],
  });
}

/** Ajv takes `" "` for 0, `0x50` for 80 and `1e3` for 1000: nobody means that in an environment. */
function assertDecimals(schema: TObject, environment: Environment): void {
  for (const [name, property] of Object.entries(schema.properties)) {
    const { type } = property as Rules;
    const came = environment[name];
    if (came === undefined || (type !== 'integer' && type !== 'number') || DECIMAL.test(came)) continue;
    throw new ConfigError(
      describe({ keyword: 'type', instancePath: `/${name}`, params: {} }, schema, environment),
    );
  }
}

interface Issue {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

function describe(issue: Issue, schema: TObject, environment: Environment): string {
  if (issue.keyword === 'required') return `${issue.params.missingProperty} must be set, but it is missing.`;
  const name = issue.instancePath.slice(1).split('/')[0] ?? '';
  const property = schema.properties[name];
  const came = environment[name] ?? '';
  const shown = isSecret(property) ? `a value of ${came.length} characters that is not shown` : `"${came}"`;
  return `${name} must be ${describeExpected(property, issue)}, but it is ${shown}.`;
}

/** What the schema asks for, in words; a `description` in the schema says it better than any rule. */
function describeExpected(property: unknown, issue: Issue): string {
  const rules = (property ?? {}) as Rules;
  if (rules.description !== undefined) return rules.description;
  const options =
    rules.anyOf?.map((option) => option.const).filter((value) => value !== undefined) ?? rules.enum;
  if (options !== undefined && options.length > 0) return `one of ${options.join(', ')}`;
  if (rules.type === 'boolean') return 'true or false';
  if (rules.type === 'integer' || rules.type === 'number') return describeRange(rules);
  if (rules.minLength !== undefined) return `at least ${rules.minLength} characters long`;
  return issue.message?.replace(/^must (be )?/, '') ?? 'valid';
}

function describeRange(rules: Rules): string {
  const what = rules.type === 'integer' ? 'an integer' : 'a number';
  if (rules.minimum !== undefined && rules.maximum !== undefined)
    return `${what} from ${rules.minimum} to ${rules.maximum}`;
  if (rules.minimum !== undefined) return `${what} of at least ${rules.minimum}`;
  return what;
}

interface Rules {
  readonly type?: string;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly anyOf?: readonly { readonly const?: unknown }[];
  readonly enum?: readonly unknown[];
}
