// The commands beside a service: its migrate.ts, seed.ts and cleanup.ts, each run to its end as a process.
import { loadServiceConfigs, type ServiceConfig } from './config.ts';
import { type Context, chooseServices } from './context.ts';
import { withDatabases } from './databases.ts';
import { Problem } from './problem.ts';
import { runFile } from './processes.ts';

/** `npm run migrate [-- SERVICE…]`: brings the databases up to date; the exit code of the first that failed. */
export async function migrate(context: Context, names: readonly string[]): Promise<number> {
  return await runJob(context, names, 'migrate');
}

/** `npm run seed`: some data to look at. */
export async function seed(context: Context, names: readonly string[]): Promise<number> {
  return await runJob(context, names, 'seed');
}

/** `npm run loadtest:cleanup`: removes what load tests left. */
export async function cleanUp(context: Context, names: readonly string[]): Promise<number> {
  return await runJob(context, names, 'cleanup');
}

async function runJob(
  context: Context,
  names: readonly string[],
  file: 'migrate' | 'seed' | 'cleanup',
): Promise<number> {
  const services = loadServiceConfigs(chooseServices(context, names), context.services, context.environment);
  return await withDatabases(context, services, async (urls) => {
    for (const service of services) {
      const { name } = service.definition;
      // A database of our own may never have been started; one that was given is its owner's to migrate.
      const files = file === 'migrate' || service.databaseUrl !== undefined ? [file] : ['migrate', file];
      if (services.length > 1) context.print(`${name}:`);
      for (const each of files) {
        const exitCode = await runServiceFile(context, service, each, urls[name] ?? '');
        if (exitCode !== 0) return exitCode;
      }
    }
    return 0;
  });
}

/** Migrates before a start; throws a sentence when that failed, whose details the migration has printed itself. */
export async function migrateForStart(
  context: Context,
  services: readonly ServiceConfig[],
  urls: Readonly<Record<string, string>>,
): Promise<void> {
  for (const service of services) {
    const { name } = service.definition;
    const exitCode = await runServiceFile(context, service, 'migrate', urls[name] ?? '');
    if (context.ending.aborted) throw new Problem('interrupted', '');
    if (exitCode !== 0) {
      const message = `The database of ${name} could not be brought up to date (exit code ${exitCode}).`;
      throw new Problem('migration-failed', message);
    }
  }
}

function runServiceFile(
  context: Context,
  service: ServiceConfig,
  file: string,
  databaseUrl: string,
): Promise<number> {
  return runFile(context.entry(service.definition.name, file), [], {
    cwd: context.root,
    environment: { ...service.environment, DATABASE_URL: databaseUrl },
    ending: context.ending,
  });
}
