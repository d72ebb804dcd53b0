import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { RequestGate } from './request-gate.ts';

const NEVER = new AbortController().signal;

describe('the pace of requests', () => {
  it('lets no more start in a second than allowed, however many ask at once', async () => {
    const gate = new RequestGate(50);
    const starts = await Promise.all(
      Array.from({ length: 6 }, () => gate.pass(NEVER).then(() => performance.now())),
    );
    const gaps = starts.slice(1).map((start) => start - (starts[0] ?? 0));
    for (const [index, gap] of gaps.entries()) expect(gap).toBeGreaterThanOrEqual((index + 1) * 20 - 0.5);
  });

  it('does not keep whoever is stopped', async () => {
    const gate = new RequestGate(0.01);
    await gate.pass(NEVER);
    const controller = new AbortController();
    const waiting = expect(gate.pass(controller.signal)).rejects.toThrow('enough');
    controller.abort(new Error('enough'));
    await waiting;
  });
});
