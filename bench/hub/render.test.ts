import { describe, expect, it } from 'vitest';
import type { ServerName } from './clients/dialects.ts';
import type { ServerResult } from './measure.ts';
import { render } from './render.ts';

function toResult(perCpuSecond: number, p99Ms: number, bytesPerConnection: number): ServerResult {
  const paced = { p50Ms: 1, p99Ms, pacedCoreShare: 0.4, clientShare: 0.25 };
  const result = { deliveriesPerSecond: perCpuSecond / 2, perCpuSecond, coreShare: 0.5, ...paced };
  return {
    connectsPerSecond: 1000,
    connectsPerCpuSecond: 2000,
    bytesPerConnection,
    cases: new Map([['1 topic × 1,000', result]]),
  };
}

describe('what the benchmark of the hub prints', () => {
  const servers: ServerName[] = ['hub', 'ws', 'centrifugo'];
  const results = new Map<ServerName, ServerResult[]>([
    ['hub', [toResult(600, 49, 11_000), toResult(700, 48, 11_000), toResult(100, 900, 90_000)]],
    ['ws', [toResult(100, 10, 9000), toResult(100, 10, 9000), toResult(100, 10, 9000)]],
    ['centrifugo', [toResult(700, 10, 9000), toResult(800, 10, 9000), toResult(100, 10, 9000)]],
  ]);

  it('is the middle of the rounds and of their ratios, and whether it meets the aims', () => {
    const text = render(results, servers);
    expect(text).toMatch(
      /1 topic × 1,000, hub +\| +300 \| +600 \| +6\.00 × \| +50 % \| +1\.0 \| +49\.0 \| +40 %, 25 % \|/,
    );
    expect(text).toContain(
      '- met: 1 topic × 1,000, at least 5 × a plain ws server for a CPU second (6.00 ×)',
    );
    expect(text).toContain('- missed: 1 topic × 1,000, at least 1 × Centrifugo for a CPU second (0.88 ×)');
    expect(text).toContain('- met: 1 topic × 1,000, p99 below 50 ms (49.0 ms)');
    expect(text).toContain('- met: below 12 KB for an idle connection (10.7 KB)');
  });

  it('judges nothing that was not measured', () => {
    const ws = new Map([...results].filter(([name]) => name === 'ws'));
    expect(render(ws, ['ws'])).not.toMatch(/met|missed/);
    const two = new Map([...results].filter(([name]) => name !== 'centrifugo'));
    expect(render(two, ['hub', 'ws'])).not.toContain('Centrifugo');
  });
});
