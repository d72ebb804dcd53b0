// What a run was, for summaries of figures that a test chose.
import type { RunFacts } from '../../src/report/summary.ts';
import { VALID } from '../../src/run/verdict.ts';

export const FACTS: RunFacts = {
  name: 'shop',
  target: 'http://localhost:5000',
  startedAt: '2026-01-01T00:00:00.000Z',
  durationMs: 10_000,
  users: 100,
  spawnRate: 20,
  seed: 1,
  endReason: 'duration',
  generator: {
    threads: 2,
    utilization: 0.5,
    loopDelayP99Ms: 1,
    loopDelayMaxMs: 2,
    cores: 1,
    gcMs: 3,
    gcMaxMs: 1,
    socketsMax: 100,
    connectionWaits: 0,
    connectionWaitMaxMs: 0,
  },
  starts: {
    planned: null,
    started: 0,
    dropped: 0,
    latenessP50Ms: null,
    latenessP99Ms: null,
    latenessMaxMs: null,
  },
  verdict: VALID,
  events: [],
  thresholds: [],
  metrics: [],
};
