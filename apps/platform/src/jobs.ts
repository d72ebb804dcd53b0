// The commands beside a service: its migrate.ts, seed.ts and so on, each run to its end as a process.
import { existsSync } from 'node:fs';
import { loadServiceConfigs, type ServiceConfig } from './config.ts';
import { type Context, chooseServices } from './context.ts';
import { type DatabaseVariables, usesPostgres, withDatabases } from './databases.ts';
import { isMigrated, migrateAndNote } from './migration-stamp.ts';
import { Problem } from './problem.ts';
import { runFile } from './processes.ts';
import { findRunState } from './run-state.ts';
import type { ServiceDefinition } from './services.ts';

type Job = 'migrate' | 'seed' | 'cleanup' | 'accounts';

/** `npm run migrate [-- SERVICE…]`: brings the databases up to date; the exit code of the first that failed. */
export async function migrate(context: Context, names: readonly string[]): Promise<number> {
  return await runJob(context, chooseWith(context, 'migrate', names), 'migrate');
}

/** `npm run seed`: some data to look at. */
export async function seed(context: Context, names: readonly string[]): Promise<number> {
  return await runJob(context, chooseWith(context, 'seed', names), 'seed');
}

/** `npm run loadtest:cleanup`: removes what load tests left. */
export async function cleanUp(context: Context, names: readonly string[]): Promise<number> {
  return await runJob(context, chooseWith(context, 'cleanup', names), 'cleanup');
}

/** `npm run accounts -- list`: looks after the accounts that services share, so one service's command is enough. */
export async function manageAccounts(context: Context, args: readonly string[]): Promise<number> {
  return await runJob(context, chooseWith(context, 'accounts', []).slice(0, 1), 'accounts', args);
}

/** The services that have this job; one that was named and has none is refused. */
function chooseWith(context: Context, job: Job, names: readonly string[]): ServiceDefinition[] {
  const hasJob = ({ name }: ServiceDefinition) => existsSync(context.entry(name, job));
  const chosen = chooseServices(context, names);
  const without = chosen.find((service) => !hasJob(service));
  if (names.length > 0 && without !== undefined) {
    const able = context.services.filter(hasJob).map(({ name }) => name);
    const message = `${without.name} has nothing to ${COMMANDS[job]}; this is for: ${able.join(', ')}.`;
    throw new Problem('unknown-name', message, { exitCode: 2 });
  }
  return chosen.filter(hasJob);
}

const COMMANDS: Readonly<Record<Job, string>> = {
  migrate: 'migrate',
  seed: 'seed',
  cleanup: 'clean up',
  accounts: 'manage',
};

async function runJob(
  context: Context,
  chosen: readonly ServiceDefinition[],
  job: Job,
  args: readonly string[] = [],
): Promise<number> {
  const services = loadServiceConfigs(chosen, context.services, context.environment);
  return await withDatabases(context, services, async (databases) => {
    for (const service of services) {
      if (services.length > 1) context.print(`${service.definition.name}:\n`);
      const exitCode =
        job === 'migrate'
          ? await runMigration(context, service, databases)
          : (await migrateQuietly(context, service, databases)) ||
            (await runProgram(context, service, databases, { job, args }));
      if (exitCode !== 0) return exitCode;
    }
    return 0;
  });
}

/**
 * A database of our own may never have been started; one that was given is its owner's to migrate, and of one that a
 * running service uses that has been seen to. What the migration says is shown if it fails.
 */
async function migrateQuietly(
  context: Context,
  service: ServiceConfig,
  databases: DatabaseVariables,
): Promise<number> {
  const { name } = service.definition;
  const isRunning = findRunState(context.dataDir)?.services.some((running) => running.name === name);
  if (isRunning || !usesPostgres(service) || needsNoMigration(context, service, databases)) return 0;
  const said: string[] = [];
  const exitCode = await runMigration(context, service, databases, (line) => said.push(line));
  if (exitCode !== 0) context.printError(`${said.join('\n')}\n`);
  return exitCode;
}

/** Migrates before a start what is not known to be up to date; throws a sentence when that failed, whose details the migration has printed itself. */
export async function migrateForStart(
  context: Context,
  service: ServiceConfig,
  databases: DatabaseVariables,
  onLine: (line: string) => void,
): Promise<void> {
  if (needsNoMigration(context, service, databases)) return;
  const { name } = service.definition;
  const exitCode = await runMigration(context, service, databases, onLine);
  if (context.ending.aborted) throw new Problem('interrupted', '');
  if (exitCode !== 0) {
    const message = `The database of ${name} could not be brought up to date (exit code ${exitCode}).`;
    throw new Problem('migration-failed', message);
  }
}

function needsNoMigration(context: Context, service: ServiceConfig, databases: DatabaseVariables): boolean {
  const { name } = service.definition;
  return !existsSync(context.entry(name, 'migrate')) || isMigrated(context, service, databases[name] ?? {});
}

async function runMigration(
  context: Context,
  service: ServiceConfig,
  databases: DatabaseVariables,
  onLine?: (line: string) => void,
): Promise<number> {
  const program = { job: 'migrate', args: [], ...(onLine && { onLine }) } as const;
  return await migrateAndNote(context, service, databases[service.definition.name] ?? {}, () =>
    runProgram(context, service, databases, program),
  );
}

interface Program {
  readonly job: Job;
  readonly args: readonly string[];
  readonly onLine?: (line: string) => void;
}

async function runProgram(
  context: Context,
  { definition, environment }: ServiceConfig,
  databases: DatabaseVariables,
  { job, args, ...output }: Program,
): Promise<number> {
  return await runFile(context.entry(definition.name, job), args, {
    cwd: context.root,
    environment: { ...environment, ...databases[definition.name] },
    ending: context.ending,
    ...output,
  });
}
