/** The errors that the kit raises by itself, each with a sentence that a service may replace by its own. */
import { AppError, type AppErrorOptions, type ErrorKind } from './app-error.ts';

const KIT_ERRORS = {
  NOT_FOUND: ['not-found', 'There is nothing at this address.'],
  METHOD_NOT_ALLOWED: ['method-not-allowed', 'This address does not take this method.'],
  UNSUPPORTED_MEDIA_TYPE: ['unsupported-media-type', 'Content-Type must be application/json.'],
  INVALID_JSON: ['bad-request', 'The request body must be valid JSON.'],
  VALIDATION_FAILED: ['bad-request', 'The request is not valid.'],
  BODY_TOO_LARGE: ['too-large', 'The request body is too large.'],
  HEADERS_TOO_LARGE: ['headers-too-large', 'The request headers are too large.'],
  MALFORMED_REQUEST: ['bad-request', 'The request is not valid HTTP.'],
  REQUEST_TIMEOUT: ['timeout', 'The request took too long to arrive.'],
  EXPECTATION_FAILED: ['expectation-failed', 'The expectation in the Expect header cannot be met.'],
  UNDER_PRESSURE: ['unavailable', 'The service is overloaded. Please try again later.'],
  NOT_READY: ['unavailable', 'The service is not ready.'],
  INTERNAL_ERROR: ['internal', 'Internal server error'],
} as const satisfies Record<string, readonly [ErrorKind, string]>;

export type KitErrorCode = keyof typeof KIT_ERRORS;

/** A service's own sentences for the kit's errors; what is left out keeps the kit's. */
export type Sentences = Readonly<Partial<Record<KitErrorCode, string>>>;

export type KitErrors = (code: KitErrorCode, options?: Omit<AppErrorOptions, 'code'>) => AppError;

/** Returns the maker of the kit's own errors, which speaks with the sentences of one service. */
export function createKitErrors(sentences: Sentences = {}): KitErrors {
  return (code, options) => {
    const [kind, sentence] = KIT_ERRORS[code];
    return new AppError(kind, sentences[code] ?? sentence, { ...options, code });
  };
}
