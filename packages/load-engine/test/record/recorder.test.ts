import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OTHER_ERRORS, OTHER_STEPS, Recorder, transferablesOf } from '../../src/record/recorder.ts';
import { OTHER_STATUS, type Tags } from '../../src/record/step-recorder.ts';
import { summarize } from '../../src/report/summary.ts';
import { FACTS as SHOP } from '../report/facts.ts';

const FACTS = { ...SHOP, durationMs: 2000, users: 1 };

const request = fc.record({
  step: fc.constantFrom('GET /a', 'GET /b', '__proto__', 'constructor'),
  status: fc.constantFrom(0, 200, 201, 404, 503),
  failure: fc.constantFrom('', 'HTTP 503', 'refused'),
  durationMs: fc.double({ min: 0, max: 1000, noNaN: true }),
  lateMs: fc.constantFrom(undefined, 0, 0.25, 40),
  tags: fc.constantFrom(undefined, { group: 'a' }, { group: 'a', kind: '__proto__' }),
});

function record(
  recorder: Recorder,
  requests: readonly {
    step: string;
    status: number;
    failure: string;
    durationMs: number;
    lateMs?: number | undefined;
    tags?: Tags | undefined;
  }[],
): void {
  for (const { step, status, failure, durationMs, lateMs, tags } of requests) {
    recorder.step(step, tags).record(status, failure, durationMs, 10, 100, lateMs);
  }
}

describe('Recorder', () => {
  it('gives the same figures in one as in parts that were merged interval by interval', () => {
    fc.assert(
      fc.property(fc.array(fc.array(request, { maxLength: 20 }), { maxLength: 6 }), (intervals) => {
        const whole = new Recorder();
        const thread = new Recorder();
        const coordinator = new Recorder();
        for (const interval of intervals) {
          record(whole, interval);
          record(thread, interval);
          const delta = thread.takeDelta();
          coordinator.merge(structuredClone(delta, { transfer: transferablesOf(delta) }));
        }
        expect(summarize(coordinator, FACTS, [])).toEqual(summarize(whole, FACTS, []));
      }),
    );
  });

  it('hands over what is new once', () => {
    const recorder = new Recorder();
    record(recorder, [{ step: 'a', status: 200, failure: '', durationMs: 1 }]);
    recorder.connectionsOpened = 3;
    expect(recorder.takeDelta()).toMatchObject({ connectionsOpened: 3, steps: [{ name: 'a' }] });
    expect(recorder.takeDelta()).toEqual({
      steps: [],
      connectionsOpened: 0,
      iterations: 0,
      iterationTimes: null,
      starts: { started: 0, dropped: 0, lateness: null },
      exceptions: [],
      metrics: [],
    });
  });

  it('counts successes and failures of one status apart, and the times of both', () => {
    const recorder = new Recorder();
    record(recorder, [
      { step: 'a', status: 200, failure: '', durationMs: 1 },
      { step: 'a', status: 200, failure: 'too short', durationMs: 3 },
      { step: 'a', status: 0, failure: 'refused', durationMs: 5 },
    ]);
    expect(summarize(recorder, FACTS, []).total).toMatchObject({
      requests: 3,
      failures: 2,
      requestsPerSecond: 1.5,
      averageMs: 3,
      statuses: { '200': 2, none: 1 },
    });
  });

  it('keeps response times, from the intended start, beside service times', () => {
    const recorder = new Recorder();
    const step = recorder.step('a', { group: 'shop' });
    step.record(200, '', 10, 0, 0);
    step.record(200, '', 20, 0, 0, 980);
    const { total, steps } = summarize(recorder, FACTS, []);
    expect(total).toMatchObject({ minMs: 10, maxMs: 1000, service: { minMs: 10, maxMs: 20 } });
    expect(steps).toMatchObject([{ name: 'a', tags: { group: 'shop' }, requests: 2 }]);
  });

  it('groups errors by step and sentence, the most frequent first', () => {
    const recorder = new Recorder();
    const failed = (step: string, failure: string) => ({ step, status: 500, failure, durationMs: 1 });
    record(recorder, [failed('a', 'HTTP 500'), failed('b', 'HTTP 500'), failed('b', 'HTTP 500')]);
    recorder.recordException('task', 'boom', 5);
    expect(summarize(recorder, FACTS, []).errors).toEqual([
      { step: 'task', kind: 'exception', message: 'boom', count: 5 },
      { step: 'b', kind: 'request', message: 'HTTP 500', count: 2 },
      { step: 'a', kind: 'request', message: 'HTTP 500', count: 1 },
    ]);
  });

  it('counts steps, statuses and errors beyond its limits under one name, so that none is lost', () => {
    const recorder = new Recorder();
    for (let index = 0; index < 2000; index += 1)
      recorder.step(`GET /items/${index}`).record(200, '', 1, 0, 0);
    for (let index = 0; index < 900; index += 1)
      recorder.step('many').record(100 + index, `error ${index}`, 1, 0, 0);
    const summary = summarize(recorder, FACTS, []);
    expect(summary.steps.length).toBeLessThanOrEqual(501);
    expect(summary.steps.find((step) => step.name === OTHER_STEPS)?.requests).toBe(1500 + 900);
    expect(Object.keys(summary.steps.at(-1)?.statuses ?? {})).toContain('other');
    expect(summary.errors[0]).toMatchObject({ message: OTHER_ERRORS, count: 400 });
    expect(summary.total.requests).toBe(2900);
    expect(summary.errors.reduce((sum, error) => sum + error.count, 0)).toBe(900);
  });

  it('keeps a status that is no status from growing the table', () => {
    const recorder = new Recorder();
    for (const status of [-1, 1.5, 5000, Number.NaN]) recorder.step('a').record(status, '', 1, 0, 0);
    expect(recorder.step('a').outcomes.map((outcome) => [outcome.status, outcome.times.count])).toEqual([
      [OTHER_STATUS, 4],
    ]);
  });

  it('F22 reports null, never NaN, where nothing was measured', () => {
    const summary = summarize(new Recorder(), { ...FACTS, durationMs: 0 }, []);
    expect(summary.total).toMatchObject({
      requests: 0,
      requestsPerSecond: 0,
      minMs: null,
      averageMs: null,
      maxMs: null,
    });
    expect(Object.values(summary.total.percentilesMs)).toEqual(new Array(11).fill(null));
    expect(JSON.stringify(summary)).not.toContain('NaN');
  });

  it('F23 shows the median of one sample of 40 ms as 40', () => {
    const recorder = new Recorder();
    record(recorder, [{ step: 'a', status: 200, failure: '', durationMs: 40 }]);
    expect(summarize(recorder, FACTS, []).total.percentilesMs['50']).toBe(40);
  });
});
