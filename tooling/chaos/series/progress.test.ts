import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChaosArguments, parseChaosArguments } from '../arguments.ts';
import { openProgress } from './progress.ts';
import type { SeedResult } from './seed.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trafficflux-chaos-progress-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const given = parseChaosArguments(['--runs', '3']);
const open = (change: Partial<ChaosArguments> = {}, sha = 'abc') =>
  openProgress(folder, sha, { ...given, ...change });
const result = (seed: number, violations: SeedResult['violations'] = []): SeedResult => ({
  seed,
  faults: 'kill-worker',
  campaigns: 2,
  entries: 600,
  missed: 0,
  recoveries: [],
  seconds: 5,
  apiBytes: 1e8,
  violations,
});

describe('a list of seeds', () => {
  it('goes on where it stopped', () => {
    const first = open();
    first.add(result(1));
    first.add(result(2));
    expect(open().done).toEqual([result(1), result(2)]);
  });

  it('runs a seed again that had a violation', () => {
    const first = open();
    first.add(result(1, [{ invariant: 'dense', campaignId: null, sentence: 'A gap.' }]));
    expect(open().done).toEqual([]);
  });

  it('begins anew when it is through, when asked to, and for another list, queue or commit', () => {
    open().add(result(1));
    expect(open({ isFresh: true }).done).toEqual([]);
    expect(open({ seeds: [1, 2] }).done).toEqual([]);
    expect(open({ queue: 'off' }).done).toEqual([]);
    expect(open({}, 'def').done).toEqual([]);
    open().finish();
    expect(open().done).toEqual([]);
  });

  it('begins anew when the harness was killed while it wrote', () => {
    open().add(result(1));
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), '[{"seed":');
    expect(open().done).toEqual([]);
  });
});
