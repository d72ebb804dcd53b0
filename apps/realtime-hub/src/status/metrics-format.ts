// Which of its two formats GET /metrics answers in (H11, H15).
import { invalidRequest } from '../errors.ts';

export type MetricsFormat = 'json' | 'prometheus';

/** `format` is the parameter of the query, which counts before the Accept header. @throws {AppError} it names neither */
export function chooseFormat(format: unknown, accept: string | undefined): MetricsFormat {
  if (format === 'json' || format === 'prometheus') return format;
  if (format !== undefined) throw invalidRequest("Parameter 'format' must be json or prometheus", 'format');
  if (accept === undefined) return 'json';
  const ranges = parseAccept(accept);
  const text = Math.max(weigh(ranges, 'text/plain'), weigh(ranges, 'application/openmetrics-text'));
  return text > weigh(ranges, 'application/json') ? 'prometheus' : 'json';
}

interface MediaRange {
  readonly type: string;
  readonly weight: number;
}

/** RFC 9110 §12.5.1; what cannot be read weighs nothing. */
function parseAccept(accept: string): MediaRange[] {
  return accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    return { type, weight: weight === undefined ? 1 : Number(weight.slice(2)) || 0 };
  });
}

/** The most specific range that covers the type decides; of several equal ones the heaviest. */
function weigh(ranges: readonly MediaRange[], type: string): number {
  const [family = ''] = type.split('/');
  for (const pattern of [type, `${family}/*`, '*/*']) {
    const weights = ranges.filter((range) => range.type === pattern).map(({ weight }) => weight);
    if (weights.length > 0) return Math.max(...weights);
  }
  return 0;
}
