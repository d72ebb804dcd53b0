/** Asks the campaigns API, and has each answer judged. */
import type { Judge } from '../invariants/answers.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers of any shape
type AnyJson = any;

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: object;
  /** Hangs up so long after it asked. */
  readonly hangsUpAfterMs?: number | null;
}

export type Answer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly retryAfter: string | null;
      readonly body: AnyJson;
    }
  /** No answer, or half of one: what became of the request is unknown. */
  | { readonly kind: 'lost'; readonly reason: string; readonly hungUp: boolean };

export interface Exchange {
  readonly request: Request;
  readonly answer: Answer;
  /** Unix milliseconds. */
  readonly sentAt: number;
  readonly answeredAt: number;
}

export interface Client {
  ask(request: Request): Promise<Exchange>;
}

/** Longer than the API itself waits for any store: what has not come by then is lost. */
const ANSWER_LIMIT_MS = 20_000;

export function createClient(url: string, judge: Judge): Client {
  return {
    async ask(request) {
      const sentAt = Date.now();
      const answer = await send(url, request);
      const exchange = { request, answer, sentAt, answeredAt: Date.now() };
      judge(exchange);
      return exchange;
    },
  };
}

async function send(url: string, { method, path, body, hangsUpAfterMs }: Request): Promise<Answer> {
  const hangsUp = typeof hangsUpAfterMs === 'number';
  const signal = AbortSignal.timeout(hangsUp ? hangsUpAfterMs : ANSWER_LIMIT_MS);
  try {
    const response = await fetch(url + path, {
      method,
      signal,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const { status, headers } = response;
    return { kind: 'answered', status, retryAfter: headers.get('retry-after'), body: await response.json() };
  } catch (error) {
    return { kind: 'lost', reason: describe(error), hungUp: hangsUp && signal.aborted };
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
