/** Whatever was thrown, as an error of ours: Fastify's and Ajv's by their codes, the unknown as `internal`. */
import { AppError } from './app-error.ts';
import type { KitErrorCode, KitErrors } from './sentences.ts';
import { toKind } from './status.ts';

/** What a service is told about a request that did not match a route's schema. */
export interface ValidationFailure {
  readonly part: 'body' | 'querystring' | 'params' | 'headers';
  /** Ajv's errors, the first one first. */
  readonly errors: readonly ValidationIssue[];
}

export interface ValidationIssue {
  readonly keyword: string;
  /** JSON pointer to the wrong value, `''` for the whole part. */
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string | undefined;
}

const CODE_BY_FASTIFY_CODE: Readonly<Record<string, KitErrorCode>> = {
  FST_ERR_NOT_FOUND: 'NOT_FOUND',
  // A path that is no path (`/books/%E0%A4%A`) or has an endless segment names nothing we have.
  FST_ERR_BAD_URL: 'NOT_FOUND',
  FST_ERR_MAX_PARAM_LENGTH: 'NOT_FOUND',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'INVALID_JSON',
  FST_ERR_CTP_INVALID_JSON_BODY: 'INVALID_JSON',
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'MALFORMED_REQUEST',
};

export function toAppError(thrown: unknown, kitErrors: KitErrors): AppError {
  if (thrown instanceof AppError) return thrown;
  if (!(thrown instanceof Error)) return kitErrors('INTERNAL_ERROR', { cause: thrown });

  const known = CODE_BY_FASTIFY_CODE[readString(thrown, 'code')];
  if (known !== undefined) return kitErrors(known, { cause: thrown });

  const failure = readValidationFailure(thrown);
  if (failure !== undefined) return toValidationError(failure, kitErrors);

  const kind = toKind(readStatus(thrown));
  if (kind === 'internal') return kitErrors('INTERNAL_ERROR', { cause: thrown });
  // The words of a library are not ours to publish: only its status is taken over.
  const sentence =
    kind === 'bad-request' ? kitErrors('MALFORMED_REQUEST').message : kind.replaceAll('-', ' ');
  return new AppError(kind, sentence, { cause: thrown });
}

function toValidationError(failure: ValidationFailure, kitErrors: KitErrors): AppError {
  const general = kitErrors('VALIDATION_FAILED', { details: failure });
  const issue = failure.errors[0];
  if (issue?.message === undefined) return general;
  const place = issue.instancePath === '' ? `The ${failure.part}` : `'${issue.instancePath.slice(1)}'`;
  return new AppError('bad-request', `${place} ${issue.message}.`, { code: general.code, details: failure });
}

function readValidationFailure(error: Error): ValidationFailure | undefined {
  if (!('validation' in error) || !Array.isArray(error.validation)) return undefined;
  const part = readString(error, 'validationContext');
  return {
    part: (part || 'body') as ValidationFailure['part'],
    errors: error.validation as ValidationIssue[],
  };
}

function readString(error: Error, key: string): string {
  const value = (error as unknown as Record<string, unknown>)[key];
  return typeof value === 'string' ? value : '';
}

function readStatus(error: Error): number {
  const { statusCode, status } = error as { statusCode?: unknown; status?: unknown };
  return typeof statusCode === 'number' ? statusCode : typeof status === 'number' ? status : 500;
}
