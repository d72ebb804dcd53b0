// The platform's command line as the tests start it, in a folder of theirs: with the tiny services beside this file, or,
// where REAL_SERVICES is set, with our own.

import { join } from 'node:path';
import { env } from 'node:process';
import { buildCommands } from '../src/commands.ts';
import { listenForTheEnd } from '../src/ending.ts';
import { Problem } from '../src/problem.ts';
import { SERVICES } from '../src/services.ts';

const [root = '', ...args] = process.argv.slice(2);
const service = (name: string, prefix: string, defaultPort: number) => ({
  name,
  prefix,
  defaultPort,
  databases:
    prefix === 'TINY'
      ? [{ variable: 'DATABASE_URL', name: 'tiny' }]
      : [
          { variable: 'FIRST_URL', name: 'first', unneededWith: 'MONGO_URL' },
          { variable: 'SECOND_URL', name: 'second' },
        ],
  plainNames: prefix === 'TINY' ? ['DATABASE_URL', 'SECRET_KEY'] : ['MONGO_URL', 'FIRST_URL'],
  tryNext: (url: string, urlOf: (service: string) => string | undefined) => [
    `curl ${url}/try?target=${urlOf('tiny') ?? ''}`,
  ],
});

const findTiny = (name: string, file: string) => {
  const hasOwn = file === 'seed' || file === 'accounts';
  return join(import.meta.dirname, 'services', `${hasOwn ? name : 'tiny'}-${file}.ts`);
};
const findReal = (name: string, file: string) =>
  join(import.meta.dirname, '..', '..', name, 'src', `${file}.ts`);
const chosen = env.REAL_SERVICES
  ? { services: SERVICES, entry: findReal }
  : { services: [service('tiny', 'TINY', 0), service('other', 'OTHER', 0)], entry: findTiny };

try {
  process.exitCode = await buildCommands({
    root,
    dataDir: join(root, '.data'),
    ...chosen,
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
