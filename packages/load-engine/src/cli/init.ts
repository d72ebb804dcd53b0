/** `loadspiker init`: writes a first scenario that runs, and says what to do with it. */
import { writeFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { Command } from 'commander';
import { LoadEngineError, toMessage } from '../errors.ts';

const DEFAULT_FILE = 'load-test.mts';
const EXTENSIONS = ['.mts', '.ts', '.mjs', '.js'];

interface InitFlags {
  readonly host: string;
  readonly force?: boolean;
}

/** `say` prints what was done. */
export function buildInitCommand(say: (text: string) => void): Command {
  return new Command('init')
    .description('Writes a first scenario to start from.')
    .helpOption('-h, --help', 'print this help')
    .argument('[file]', 'the file to write', DEFAULT_FILE)
    .option('--host <url>', 'the service that it is for', 'http://localhost:5000')
    .option('--force', 'write over a file that is there')
    .exitOverride()
    .action((file: string, { host, force }: InitFlags) => {
      writeScenario(file, force === true);
      say(`${file} is written. Run it:\n\n  npx loadspiker run ${file} -u 10 -r 10 -t 30s -H ${host}\n\n`);
      say('Add --html report.html for a report to look at, or --json report.json for one to work with.\n');
    });
}

/** Throws a LoadEngineError `report-unwritable` where there is a file already, or none can be. */
function writeScenario(file: string, mayReplace: boolean): void {
  if (!EXTENSIONS.includes(extname(file))) {
    throw new RangeError(`expected a file name that ends in ${EXTENSIONS.join(', ')}, got "${file}"`);
  }
  try {
    writeFileSync(file, toScenarioText(basename(file, extname(file))), { flag: mayReplace ? 'w' : 'wx' });
  } catch (cause) {
    const isThere = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    const reason = isThere ? 'it is there already; --force writes over it' : toMessage(cause);
    throw new LoadEngineError('report-unwritable', `${file} was not written: ${reason}.`, { cause });
  }
}

function toScenarioText(name: string): string {
  return `import { defineScenario } from '@trafficflux/load-engine';

// What each virtual user does. Run it with: npx loadspiker run ${name}.mts -u 10 -r 10 -t 30s -H http://localhost:5000
export default defineScenario({
  name: ${JSON.stringify(name)},

  // Between two tasks a user waits, as people do; --wait overrides it.
  wait: { minMs: 500, maxMs: 2000 },

  // What each user carries along.
  state: () => ({ visits: 0 }),

  tasks: [
    {
      name: 'look at the start page',
      weight: 3, // three times as often as a task of weight 1
      run: async (user) => {
        const page = await user.get('/');
        if (page.ok) user.state.visits += 1;
      },
    },
    {
      name: 'look at one thing',
      run: async (user) => {
        // A name keeps all ids in one line of the report.
        await user.get(\`/things/\${user.randomInt(1, 100)}\`, { name: 'GET /things/{id}', expect: [200, 404] });
      },
    },
  ],
});
`;
}
