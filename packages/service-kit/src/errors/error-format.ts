/** How one service tells its clients about errors: one serializer for every status, from 400 to 503. */
import { toPath } from '../requests/path.ts';
import { AppError } from './app-error.ts';
import { createKitErrors, type KitErrors, type Sentences } from './sentences.ts';
import { toStatus } from './status.ts';
import { toAppError } from './to-app-error.ts';

export interface ErrorFormat {
  /** The body of the answer, for example `(error) => ({ error: error.message })`. */
  readonly serialize: (error: AppError) => unknown;
  /** The service's own sentences for the kit's errors. */
  readonly sentences?: Sentences;
  /** The sentence of a 404 at a path, without its query, where nothing is; that of `sentences` by default. */
  readonly describeMissing?: (path: string) => string;
  /**
   * Replaces an error before it is serialized, for a service whose documents ask for another status: the
   * session runner answers a wrong content type with 422, the campaigns API with 400.
   */
  readonly translate?: (error: AppError) => AppError;
}

export interface RenderedError {
  readonly error: AppError;
  readonly status: number;
  readonly body: string;
}

/** An error format with the steps that every way out shares: routes, unknown routes and unparsable requests. */
export interface ErrorPresenter {
  readonly kitErrors: KitErrors;
  /** For a request target where nothing is. */
  notFound(target: string): AppError;
  render(thrown: unknown): RenderedError;
}

export function createErrorPresenter(format: ErrorFormat): ErrorPresenter {
  const kitErrors = createKitErrors(format.sentences);
  return {
    kitErrors,
    notFound(target) {
      const error = kitErrors('NOT_FOUND');
      const sentence = format.describeMissing?.(toPath(target));
      return sentence === undefined ? error : new AppError(error.kind, sentence, { code: error.code });
    },
    render(thrown) {
      const raised = toAppError(thrown, kitErrors);
      const error = format.translate?.(raised) ?? raised;
      return { error, status: toStatus(error.kind), body: JSON.stringify(format.serialize(error)) };
    },
  };
}
