// A table of fields with their rules, and how values are read by it.
import { type Issue, invalidRequest, missingBody, notAnObject } from './issues.ts';

/** What is wrong with a value. */
export class Problem {
  readonly type: string;
  readonly msg: string;
  /** The value may hold a secret, and is not sent back. */
  readonly isSecret: boolean;

  constructor(type: string, msg: string, isSecret = false) {
    this.type = type;
    this.msg = msg;
    this.isSecret = isSecret;
  }
}

export interface Field<T> {
  readonly read: (value: unknown) => T | Problem;
  /** What an absent field stands for; where this is left out the field is required. */
  readonly absent?: { readonly value: T };
}

export type Fields = Readonly<Record<string, Field<unknown>>>;
export type Values<F extends Fields> = {
  readonly [Name in keyof F]: F[Name] extends Field<infer T> ? T : never;
};

/** Reads the body of a request; unknown fields are ignored. @throws {AppError} `unprocessable`, with every wrong field */
export function parseBody<F extends Fields>(fields: F, body: unknown): Values<F> {
  if (body === undefined || body === null) throw invalidRequest([missingBody]);
  if (typeof body !== 'object' || Array.isArray(body)) throw invalidRequest([notAnObject]);
  return parseFields(fields, body as Source, 'body');
}

/** Reads a query; of a repeated key the last one counts. @throws as `parseBody` */
export function parseQuery<F extends Fields>(fields: F, query: unknown): Values<F> {
  const source = Object.entries(query as Source).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.at(-1) : value,
  ]);
  return parseFields(fields, Object.fromEntries(source), 'query');
}

type Source = Readonly<Record<string, unknown>>;

function parseFields<F extends Fields>(fields: F, source: Source, part: string): Values<F> {
  const values: Record<string, unknown> = {};
  const issues: Issue[] = [];
  for (const [name, field] of Object.entries(fields)) {
    if (Object.hasOwn(source, name)) {
      const value = field.read(source[name]);
      if (value instanceof Problem) issues.push(toIssue(value, [part, name], source[name]));
      else values[name] = value;
    } else if (field.absent) values[name] = field.absent.value;
    else issues.push({ type: 'missing', loc: [part, name], msg: 'Field required' });
  }
  if (issues.length > 0) throw invalidRequest(issues);
  return values as Values<F>;
}

function toIssue({ type, msg, isSecret }: Problem, loc: readonly string[], input: unknown): Issue {
  return isSecret ? { type, loc, msg } : { type, loc, msg, input };
}
