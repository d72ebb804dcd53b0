// The command line: `npm start -- --fresh` arrives here as `start --fresh`.
import { Command, InvalidArgumentError } from 'commander';
import { bench } from './commands/bench.ts';
import { proveCompose } from './commands/compose-proof.ts';
import { dev } from './commands/dev.ts';
import { doctor } from './commands/doctor.ts';
import { loadtest } from './commands/loadtest.ts';
import { start } from './commands/start.ts';
import { status } from './commands/status.ts';
import { type TopicsOptions, topics } from './commands/topics.ts';
import type { Context } from './context.ts';
import { cleanUp, manageAccounts, migrate, seed } from './jobs.ts';

/** A function that runs one command line and returns its exit code. */
export function buildCommands(context: Context): (args: readonly string[]) => Promise<number> {
  return async (args) => {
    let exitCode = 0;
    const isTerminal = process.stdout.isTTY === true;
    const names = `[service...]`;
    const known = context.services.map(({ name }) => name).join(', ');
    const program = new Command('npm run')
      .description('Runs TrafficFlux on this machine.')
      .helpCommand(false);

    const add = (name: string, usage: string, description: string) =>
      program
        .command(name)
        .usage(usage)
        .description(description)
        .helpOption('-h, --help', 'Shows this help.');

    add('start', `[-- [${names}] [--fresh]]`, `Starts the services (all of: ${known}) and their PostgreSQL.`)
      .argument(names, 'only these services')
      .option('--fresh', 'deletes all data in .data first', false)
      .action(async (chosen: string[], { fresh }: { fresh: boolean }) => {
        exitCode = await start(context, { names: chosen, fresh, isTerminal });
      });
    add('status', '[-- --json]', 'Shows what runs; exit code 0 if all of it is up.')
      .option(
        '--json',
        'for scripts: {running, pid, services: [{name, state, url, docs, pid, uptimeSeconds}]}',
        false,
      )
      .action(async ({ json }: { json: boolean }) => {
        exitCode = await status(context, { json });
      });
    add('dev', '-- SERVICE', 'Runs a service and starts it again when its sources change.')
      .argument(names, known)
      .action(async (chosen: string[]) => {
        exitCode = await dev(context, chosen, isTerminal);
      });
    const jobs = [
      ['migrate', migrate, 'Brings the databases up to date and prints what it applied.'],
      ['seed', seed, 'Adds some data to look at.'],
      ['cleanup', cleanUp, 'Removes what load tests left in the databases.'],
    ] as const;
    for (const [name, run, description] of jobs) {
      add(name, `[-- ${names}]`, description)
        .argument(names, 'by default all that have something to do')
        .action(async (chosen: string[]) => {
          exitCode = await run(context, chosen);
        });
    }
    add('topics', '-- TOPIC... [options]', 'Subscribes at the hub, and shows what comes in.')
      .argument('[topic...]', 'such as campaigns.ID, campaigns.* or users.{me}.automation')
      .option(
        '-u, --user <name>',
        'an account; by default one of this machine, which may listen to all but private topics',
      )
      .option('-p, --password <password>', 'its password')
      .option('--url <url>', 'another hub than the one that runs here, such as http://hub.example:8081')
      .option('-n, --count <number>', 'ends after so many messages', parseCount)
      .option('--json', 'one JSON object a line: {topic, payload, sent_at, from_user}', false)
      .action(async (names: string[], options: Omit<TopicsOptions, 'topics' | 'isTerminal'>) => {
        exitCode = await topics(context, { ...options, topics: names, isTerminal });
      });
    add(
      'compose:proof',
      '',
      'Brings docker-compose.yml up beside all else, uses it, and takes it down.',
    ).action(async () => {
      exitCode = await proveCompose(context);
    });
    add('doctor', '', 'Looks at this machine and says what to change.').action(async () => {
      exitCode = await doctor(context);
    });
    for (const [name, run, description] of [
      ['loadtest', loadtest, 'Loads the books API: by default -u 100 -r 20 -t 60s.'],
      ['bench', bench, 'Runs a benchmark of bench/.'],
      ['accounts', manageAccounts, 'Lists, disables and enables accounts, and sets their roles.'],
    ] as const) {
      program
        .command(name)
        .description(description)
        .helpOption(false)
        .allowUnknownOption()
        .argument('[args...]')
        .action(async (_args: string[], _options: unknown, command: Command) => {
          exitCode = await run(context, command.args);
        });
    }
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  };
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('It is a whole number of at least 1.');
}
