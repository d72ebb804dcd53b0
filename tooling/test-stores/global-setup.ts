// Runs once before the tests of all projects, and starts the stores that they share.
import type { TestProject } from 'vitest/node';
import { startRunsMongo, usesMongo } from './mongo-setup.ts';
import { startRunsPostgres } from './postgres-setup.ts';
import type {} from './provided-context.ts';

export default async function setup(run: TestProject): Promise<() => Promise<void>> {
  const stops = [await providePostgres(run), await provideMongo(run)];
  return async () => {
    for (const stop of stops) await stop();
  };
}

async function providePostgres(run: TestProject) {
  const { url, stop } = await startRunsPostgres();
  run.provide('postgresUrl', url);
  return stop;
}

async function provideMongo(run: TestProject) {
  const isNeeded = run.vitest.projects.some(({ config }) => usesMongo(config.root));
  const { url, program, stop } = await startRunsMongo(isNeeded);
  run.provide('mongoUrl', url);
  run.provide('mongoProgram', program);
  return stop;
}
