/** While a store is away: 503 with a clear sentence and Retry-After, never 500; and answers again within 5 s of it. */
import type { Exchange } from '../operator/client.ts';
import type { Violation } from './violation.ts';

export type Store = 'postgres' | 'redis';

export interface Outage {
  readonly store: Store;
  /** Unix milliseconds. */
  readonly from: number;
  /** When it took requests again; null: it is away still. */
  until: number | null;
}

export type Judge = (exchange: Exchange) => void;

/** How soon a service is back after its store. */
const BACK_WITHIN_MS = 5000;
/** Health says 500 `unhealthy` where PostgreSQL is away: so it is documented. */
const HEALTH = '/api/traffic/health';
/** The only requests that need the queue. */
const STARTS = /^\/api\/traffic\/(generate$|resume\/)/;

/** Null where the answer is as it must be. */
export function judgeAnswer(exchange: Exchange, outages: readonly Outage[]): Violation | null {
  const { request, answer } = exchange;
  const complain = (what: string): Violation => ({
    invariant: 'answers',
    campaignId: null,
    sentence: `${request.method} ${request.path}: ${what}`,
  });
  const excuses = findExcuses(exchange, outages);
  if (answer.kind === 'lost') {
    if (answer.hungUp || excuses.includes('postgres')) return null;
    return complain(`no whole answer (${answer.reason}), although no store was away.`);
  }
  const { status, retryAfter, body } = answer;
  if (status < 500) return null;
  const text = JSON.stringify(body)?.slice(0, 200);
  if (request.path === HEALTH && status === 500 && body?.status === 'unhealthy') {
    return excuses.includes('postgres') ? null : complain('unhealthy, although PostgreSQL was there.');
  }
  if (status !== 503) return complain(`answered ${status}: ${text}`);
  if (!/^[1-9]\d*$/.test(retryAfter ?? '')) return complain('503 without Retry-After.');
  if (body?.success !== false || typeof body.error !== 'string' || body.error === '')
    return complain(`503 without a sentence: ${text}`);
  const mayBeAway = STARTS.test(request.path) ? excuses.length > 0 : excuses.includes('postgres');
  return mayBeAway ? null : complain(`503, although what it needs was there: ${body.error}`);
}

/** The stores that were away, or had just come back, while the request was under way. */
function findExcuses({ sentAt, answeredAt }: Exchange, outages: readonly Outage[]): Store[] {
  return outages
    .filter(({ from, until }) => from <= answeredAt && (until === null || sentAt <= until + BACK_WITHIN_MS))
    .map(({ store }) => store);
}
