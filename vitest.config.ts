import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const folders = ['apps', 'packages']
  .flatMap((room) => readdirSync(room).map((name) => `${room}/${name}`))
  .concat('tooling', 'bench')
  .filter((folder) => existsSync(`${folder}/package.json`));

export default defineConfig({
  test: {
    globalSetup: ['./tooling/test-stores/global-setup.ts'],
    // Tests mostly wait, for servers that start, stall and come back: one worker a core leaves half of it idle.
    maxWorkers: Math.min(8, 2 * availableParallelism()),
    testTimeout: 90_000,
    hookTimeout: 120_000,
    // The default of 1 s fails where the machine is busy, and a fact that comes true is as good a little later.
    expect: { poll: { timeout: 20_000 } },
    projects: folders.map((folder) => ({
      extends: true,
      test: {
        name: folder.split('/').at(-1) ?? folder,
        root: folder,
        include: ['**/*.test.ts'],
      },
    })),
  },
});
