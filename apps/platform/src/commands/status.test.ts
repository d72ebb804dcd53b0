import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { formatDuration, readStatus } from './status.ts';

it.each([
  [0, '0 s'],
  [59, '59 s'],
  [61, '1 min 1 s'],
  [3600, '1 h 0 min'],
  [90_061, '25 h 1 min'],
])('says how long a service is up: %d seconds', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

it('says that nothing runs where nothing was started', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'status-'));
  try {
    expect(await readStatus(folder)).toEqual({ running: false, pid: null, services: [] });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
