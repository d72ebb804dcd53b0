// The platform's command line with the tiny services of this folder: what the tests start as a process.

import { join } from 'node:path';
import { env } from 'node:process';
import { buildCommands } from '../src/commands.ts';
import { listenForTheEnd } from '../src/ending.ts';
import { Problem } from '../src/problem.ts';

const [root = '', ...args] = process.argv.slice(2);
const service = (name: string, prefix: string, defaultPort: number) => ({
  name,
  prefix,
  defaultPort,
  database: name,
  ownsPlainNames: prefix === 'TINY',
  tryNext: (url: string) => [`curl ${url}/try`],
});

try {
  process.exitCode = await buildCommands({
    root,
    dataDir: join(root, '.data'),
    services: [service('tiny', 'TINY', 0), service('other', 'OTHER', 0)],
    entry: (_name, file) => join(import.meta.dirname, 'services', `tiny-${file}.ts`),
    environment: env,
    print: (text) => process.stdout.write(text),
    printError: (text) => process.stderr.write(text),
    ending: listenForTheEnd(() => process.exit(1)),
  })(args);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = error instanceof Problem ? error.exitCode : 1;
}
if (process.connected) process.disconnect();
