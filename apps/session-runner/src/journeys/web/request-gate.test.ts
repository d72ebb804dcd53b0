import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { RequestGate } from './request-gate.ts';

const NEVER = new AbortController().signal;

describe('the pace of requests', () => {
  it('lets no more start in a second than allowed, however many ask at once', async () => {
    const gate = new RequestGate(50);
    const beginMs = performance.now();
    const starts = await Promise.all(
      Array.from({ length: 6 }, () => gate.pass(NEVER).then(() => performance.now())),
    );
    for (const [index, start] of starts.entries()) expect(start).toBeGreaterThanOrEqual(beginMs + index * 20);
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
