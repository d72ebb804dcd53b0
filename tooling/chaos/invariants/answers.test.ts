import { describe, expect, it } from 'vitest';
import type { Answer, Exchange } from '../operator/client.ts';
import { judgeAnswer, type Outage } from './answers.ts';

const [LEFT, BACK] = [10_000, 12_000];
const outage = (store: Outage['store'], until: number | null = BACK): Outage => ({
  store,
  from: LEFT,
  until,
});
const sentence = { success: false, error: 'The database does not answer.' };
const answered = (status: number, body: unknown = {}, retryAfter: string | null = null): Answer => ({
  kind: 'answered',
  status,
  retryAfter,
  body,
});
const unavailable = answered(503, sentence, '1');
const lost = (hungUp: boolean): Answer => ({ kind: 'lost', reason: 'socket hang up', hungUp });

function judge(
  answer: Answer,
  outages: readonly Outage[],
  change: Partial<Exchange> & { path?: string } = {},
) {
  const { path = '/api/traffic/status/session_1', ...times } = change;
  const request = { method: 'GET', path } as const;
  return judgeAnswer({ request, answer, sentAt: 11_000, answeredAt: 11_100, ...times }, outages)?.sentence;
}

describe('the check of answers', () => {
  it('finds nothing in answers that are as they must be', () => {
    expect(judge(answered(200), [])).toBeUndefined();
    expect(judge(answered(404), [outage('postgres')])).toBeUndefined();
    expect(judge(unavailable, [outage('postgres')])).toBeUndefined();
    expect(judge(unavailable, [outage('postgres', null)])).toBeUndefined();
    expect(judge(lost(true), [])).toBeUndefined();
    // A stream that cannot be ended well is broken off.
    expect(judge(lost(false), [outage('postgres')])).toBeUndefined();
  });

  it('finds a 500, also while a store is away', () => {
    expect(judge(answered(500), [outage('postgres')])).toMatch(/answered 500/);
    expect(judge(answered(502), [outage('postgres')])).toMatch(/answered 502/);
  });

  it('lets health alone say 500, and only while PostgreSQL is away', () => {
    const unhealthy = answered(500, { ...sentence, status: 'unhealthy' });
    const path = '/api/traffic/health';
    expect(judge(unhealthy, [outage('postgres')], { path })).toBeUndefined();
    expect(judge(unhealthy, [outage('redis')], { path })).toMatch(/unhealthy, although/);
    expect(judge(unhealthy, [outage('postgres')])).toMatch(/answered 500/);
    expect(judge(answered(500, sentence), [outage('postgres')], { path })).toMatch(/answered 500/);
  });

  it('finds a 503 that does not say when to come back, or why', () => {
    expect(judge(answered(503, sentence), [outage('postgres')])).toMatch(/without Retry-After/);
    expect(judge(answered(503, sentence, '0'), [outage('postgres')])).toMatch(/without Retry-After/);
    expect(judge(answered(503, {}, '1'), [outage('postgres')])).toMatch(/without a sentence/);
    expect(judge(answered(503, { success: false, error: '' }, '1'), [outage('postgres')])).toMatch(
      /without a sentence/,
    );
  });

  it('finds a 503 where nothing was away, and one that lasts longer than 5 s after it', () => {
    expect(judge(unavailable, [])).toMatch(/although what it needs was there/);
    expect(
      judge(unavailable, [outage('postgres')], { sentAt: BACK + 4999, answeredAt: BACK + 5100 }),
    ).toBeUndefined();
    expect(
      judge(unavailable, [outage('postgres')], { sentAt: BACK + 5001, answeredAt: BACK + 5100 }),
    ).toMatch(/although what it needs was there/);
    expect(judge(unavailable, [outage('postgres')], { sentAt: LEFT - 200, answeredAt: LEFT - 100 })).toMatch(
      /although what it needs was there/,
    );
  });

  it('takes a Redis that is away as an excuse of starts alone', () => {
    expect(judge(unavailable, [outage('redis')])).toMatch(/although what it needs was there/);
    for (const path of ['/api/traffic/generate', '/api/traffic/resume/session_1'])
      expect(judge(unavailable, [outage('redis')], { path })).toBeUndefined();
    expect(judge(lost(false), [outage('redis')])).toMatch(/no whole answer/);
  });

  it('finds an answer that never came', () => {
    expect(judge(lost(false), [])).toMatch(/no whole answer \(socket hang up\)/);
  });
});
