// What is wrong with a request, in the shape that pydantic gives it: status 422, one item for each wrong field.
import { AppError } from '@trafficflux/service-kit';

export interface Issue {
  /** Stable, for programs: `missing`, `string_type`, `int_parsing`, … */
  readonly type: string;
  /** Where: `['body', 'thread_count']`. */
  readonly loc: readonly string[];
  readonly msg: string;
  /** What came; left out where there was nothing, and where it may hold a secret (H14). */
  readonly input?: unknown;
}

export function invalidRequest(issues: readonly Issue[]): AppError {
  return new AppError('unprocessable', 'The request is not valid.', {
    code: 'VALIDATION_FAILED',
    details: issues,
  });
}

export const missingBody: Issue = { type: 'missing', loc: ['body'], msg: 'Field required' };

/** What came may hold a password, in any place: it is not sent back. */
export const notAnObject: Issue = {
  type: 'model_attributes_type',
  loc: ['body'],
  msg: 'Input should be a valid dictionary or object to extract fields from',
};

export const notJson: Issue = { type: 'json_invalid', loc: ['body'], msg: 'JSON decode error', input: {} };
