#!/usr/bin/env node
// In the source tree the command runs from its TypeScript, in an installed package from what was built of it.
import { existsSync } from 'node:fs';

const source = new URL('../src/cli/main.ts', import.meta.url);

if (!existsSync(source)) {
  await import('../dist/cli/main.js');
} else if (process.features.typescript) {
  await import(source.href);
} else {
  process.stderr.write(
    `loadspiker runs from its sources here, which needs Node 24 (this is ${process.versions.node}): use "npm run loadtest".\n`,
  );
  process.exitCode = 2;
}
