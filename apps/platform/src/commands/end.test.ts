import { join } from 'node:path';
import { identifyProcess } from '@trafficflux/embedded-postgres';
import { beforeEach, describe, expect, it } from 'vitest';
import { READY, useRuns, waitUntilGone } from '../../test/runs.ts';
import { findRunState } from '../run-state.ts';

const runs = useRuns();
beforeEach(() => runs.lendPostgres());

describe('the end of npm start', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s stops everything, with exit code 0',
    async (signal) => {
      const { child, exit, until } = runs.run(['start']);
      await until(READY);
      const processes = runs.listProcesses();
      child.kill(signal);
      expect(await exit).toEqual({ code: 0, signal: null });
      expect(processes.filter((pid) => identifyProcess(pid) !== undefined)).toEqual([]);
      expect(findRunState(join(runs.root, '.data'))).toBeUndefined();
    },
  );

  it('SIGKILL leaves no process behind', async () => {
    const { child, until } = runs.run(['start']);
    await until(READY);
    const processes = runs.listProcesses();
    child.kill('SIGKILL');
    await waitUntilGone(processes);
  });

  it('SIGKILL leaves not even a service that ignores its end', async () => {
    const { child, until } = runs.run(['start', 'tiny'], { TINY_TINY_MODE: 'stubborn' });
    await until(READY);
    const processes = runs.listProcesses();
    child.kill('SIGKILL');
    await waitUntilGone(processes);
  });

  it('comes when the channel to the bootstrap closes', async () => {
    const { child, exit, until } = runs.run(['start', 'tiny']);
    await until(READY);
    const processes = runs.listProcesses();
    child.disconnect();
    expect(await exit).toMatchObject({ code: 0 });
    await waitUntilGone(processes);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    '%s during a migration leaves no process behind',
    async (signal) => {
      const { child, exit, until } = runs.run(['start', 'tiny'], { TINY_TINY_MIGRATION: 'hangs' });
      await until('migrating');
      const processes = runs.listProcesses();
      child.kill(signal);
      await exit;
      await waitUntilGone(processes);
    },
  );

  it('SIGTERM while a service starts stops everything', async () => {
    const { child, exit, until } = runs.run(['start', 'tiny'], { TINY_TINY_MODE: 'never-ready' });
    await until('migrated');
    const processes = runs.listProcesses();
    child.kill('SIGTERM');
    expect(await exit).toMatchObject({ code: 0 });
    await waitUntilGone(processes);
  });
});
