// The commands behind the root's npm scripts, once the bootstrap has installed everything.
import { join } from 'node:path';
import { EmbeddedPostgresError } from '@trafficflux/embedded-postgres';
import { buildCommands } from './commands.ts';
import { readEnvironment } from './config.ts';
import { listenForTheEnd } from './ending.ts';
import { Problem } from './problem.ts';
import { SERVICES } from './services.ts';

const root = join(import.meta.dirname, '..', '..', '..');

try {
  process.exitCode = await buildCommands({
    root,
    dataDir: join(root, '.data'),
    services: SERVICES,
    entry: (service, file) => join(root, 'apps', service, 'src', `${file}.ts`),
    environment: readEnvironment(root),
    print: (text) => process.stdout.write(text),
    printError: (text) => process.stderr.write(text),
    ending: listenForTheEnd(() => process.exit(1)),
  })(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Problem || error instanceof EmbeddedPostgresError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof Problem ? error.exitCode : 1;
}
// The channel to the bootstrap would keep us alive.
if (process.connected) process.disconnect();
