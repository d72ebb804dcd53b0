// `npm start`: claim, ports, PostgreSQL, migrations, services, the ready table; and all of it back again.
import { chmodSync, mkdirSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { loadServiceConfigs, type ServiceConfig } from '../config.ts';
import { type Context, chooseServices } from '../context.ts';
import { createDatabases, listGivenUrls, postgresFolder } from '../databases.ts';
import { untilAborted } from '../ending.ts';
import { removeData } from '../fresh.ts';
import { migrateForStart } from '../jobs.ts';
import { checkPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { claimRun, type RunState, releaseRun, updateRun } from '../run-state.ts';
import { ensureSecret } from '../secrets.ts';
import { type PostgresProcess, startPostgres } from '../supervisor/postgres-process.ts';
import { type ReadyService, type ServiceProcess, startService } from '../supervisor/service-process.ts';
import { createLog, type Log } from '../terminal/log.ts';
import { formatReadyTable } from '../terminal/ready-table.ts';

export interface StartOptions {
  readonly names: readonly string[];
  readonly fresh: boolean;
  readonly isTerminal: boolean;
  /** Called with the running services, to restart them on a change of their sources. */
  readonly onStarted?: (services: ReadonlyMap<string, ServiceProcess>) => void;
}

/** What has been started so far: whatever happens, it is stopped again in the opposite order. */
interface Started {
  readonly services: Map<string, ServiceProcess>;
  postgres: PostgresProcess | undefined;
  state: RunState;
}

/** Runs the services until the process is asked to end; returns the exit code. */
export async function start(context: Context, options: StartOptions): Promise<number> {
  const chosen = chooseServices(context, options.names);
  const services = loadServiceConfigs(chosen, context.services, context.environment);
  prepareDataFolder(context.dataDir);
  const started: Started = { services: new Map(), postgres: undefined, state: claimRun(context.dataDir) };
  try {
    await checkPorts(services);
    if (options.fresh) await removeData(context.dataDir);
    const log = createLog(['postgres', ...chosen.map(({ name }) => name)], context.print, options.isTerminal);
    const urls = await provideDatabases(context, services, started, log);
    await migrateForStart(context, services, urls);
    await startServices(context, services, urls, started, log);
    options.onStarted?.(started.services);
    await untilAborted(context.ending);
    return 0;
  } catch (error) {
    if (error instanceof Problem && error.code === 'interrupted') return 0;
    throw error;
  } finally {
    await stopAll(started);
    releaseRun(context.dataDir);
  }
}

function prepareDataFolder(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true });
  // As root, PostgreSQL runs as another user, who must be able to pass; the secrets inside are closed by themselves.
  if (process.getuid?.() === 0) chmodSync(dataDir, 0o711);
}

async function provideDatabases(
  context: Context,
  services: readonly ServiceConfig[],
  started: Started,
  log: Log,
): Promise<Record<string, string>> {
  const given = listGivenUrls(services);
  if (services.every(({ databaseUrl }) => databaseUrl !== undefined)) return given;
  context.print('Starting PostgreSQL …\n');
  const folder = postgresFolder(context.dataDir);
  started.postgres = await startPostgres(folder, (sentence) => log.news('postgres', sentence));
  stopIfAsked(context);
  const created = await createDatabases(started.postgres.postgres, services);
  started.state = { ...started.state, databaseUrls: created };
  updateRun(context.dataDir, started.state);
  stopIfAsked(context);
  return { ...given, ...created };
}

async function startServices(
  context: Context,
  services: readonly ServiceConfig[],
  urls: Readonly<Record<string, string>>,
  started: Started,
  log: Log,
): Promise<void> {
  for (const service of services) {
    const { name } = service.definition;
    const onReady = (ready: ReadyService) => noteReady(context, started, name, ready);
    started.services.set(
      name,
      startService({
        file: context.entry(name, 'main'),
        cwd: context.root,
        environment: buildServiceEnvironment(context, service, urls[name] ?? ''),
        onLine: (line) => log.line(name, line),
        onReady,
        onNews: (sentence) => log.news(name, sentence),
      }),
    );
  }
  const outcomes = [...started.services].map(async ([name, service]) => ({
    name,
    outcome: await service.started,
  }));
  const results = await Promise.race([Promise.all(outcomes), untilAborted(context.ending)]);
  stopIfAsked(context);
  for (const { name, outcome } of results ?? []) {
    if ('failure' in outcome)
      throw new Problem('service-failed', `${name} did not start: ${outcome.failure}`);
  }
  const rows = services.flatMap(({ definition }) => {
    const running = started.state.services.find(({ name }) => name === definition.name);
    return running === undefined ? [] : [{ ...running, tryNext: definition.tryNext(running.url) }];
  });
  // What the services have logged by now is on its way to us: let it come before the table.
  await setImmediate();
  context.print(formatReadyTable(rows));
}

function buildServiceEnvironment(
  context: Context,
  service: ServiceConfig,
  databaseUrl: string,
): Record<string, string | undefined> {
  const { environment, hasSecretKey, definition } = service;
  const isProduction = environment.NODE_ENV === 'production';
  return {
    // Its own grace must end before ours does.
    SHUTDOWN_GRACE_MS: '3000',
    // In production a secret is somebody's decision, and a service without one refuses to start.
    ...(hasSecretKey || isProduction ? {} : { SECRET_KEY: ensureSecret(context.dataDir, definition.name) }),
    ...environment,
    HOST: service.host,
    PORT: String(service.port),
    PORT_VARIABLE: service.portVariable,
    DATABASE_URL: databaseUrl,
  };
}

function noteReady(context: Context, started: Started, name: string, ready: ReadyService): void {
  const others = started.state.services.filter((service) => service.name !== name);
  started.state = { ...started.state, services: [...others, { name, ...ready }] };
  updateRun(context.dataDir, started.state);
}

function stopIfAsked({ ending }: Context): void {
  if (ending.aborted) throw new Problem('interrupted', '');
}

/** Services first, so that their last requests find the database; then PostgreSQL. */
async function stopAll({ services, postgres }: Started): Promise<void> {
  await Promise.all([...services.values()].map((service) => service.stop()));
  await postgres?.stop();
}
