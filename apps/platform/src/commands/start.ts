// `npm start`: claim, ports, PostgreSQL, migrations, services, the ready table; and all of it back again.
import { chmodSync, mkdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { loadServiceConfigs, type ServiceConfig } from '../config.ts';
import { type Context, chooseServices } from '../context.ts';
import { type DatabaseVariables, needPostgres, provideOn } from '../databases.ts';
import { untilAborted } from '../ending.ts';
import { postgresFolder } from '../folders.ts';
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

const LOG_LAG_MS = 50;

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
    const databases = await provideDatabases(context, services, started, log);
    await startServices(context, services, databases, started, log);
    await showReadyTable(context, services, started);
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
): Promise<DatabaseVariables> {
  if (!needPostgres(services)) return await provideOn(context.dataDir, undefined, services);
  context.print('Starting PostgreSQL …\n');
  const folder = postgresFolder(context.dataDir);
  started.postgres = await startPostgres(folder, (sentence) => log.news('postgres', sentence));
  stopIfAsked(context);
  const postgresUrl = started.postgres.postgres.url('postgres');
  const databases = await provideOn(context.dataDir, postgresUrl, services);
  started.state = { ...started.state, postgresUrl };
  updateRun(context.dataDir, started.state);
  stopIfAsked(context);
  return databases;
}

/** Each migrates and starts beside the others; the first that fails ends the start. */
async function startServices(
  context: Context,
  services: readonly ServiceConfig[],
  databases: DatabaseVariables,
  started: Started,
  log: Log,
): Promise<void> {
  const failed = new AbortController();
  const whileWell = { ...context, ending: AbortSignal.any([context.ending, failed.signal]) };
  const starting = services.map(async (service) => {
    const { name } = service.definition;
    await migrateForStart(whileWell, service, databases, (line) => log.line(name, line));
    const process = launch(context, service, databases, started, log);
    started.services.set(name, process);
    const outcome = await Promise.race([process.started, untilAborted(whileWell.ending)]);
    if (outcome !== undefined && 'failure' in outcome) {
      throw new Problem('service-failed', `${name} did not start: ${outcome.failure}`);
    }
  });
  // A migration that is under way must have ended before we stop what it needs.
  await Promise.all(starting.map((each) => each.catch((error) => failed.abort(error))));
  stopIfAsked(context);
  if (failed.signal.aborted) throw failed.signal.reason;
}

function launch(
  context: Context,
  service: ServiceConfig,
  databases: DatabaseVariables,
  started: Started,
  log: Log,
): ServiceProcess {
  const { name } = service.definition;
  return startService({
    file: context.entry(name, 'main'),
    cwd: context.root,
    environment: buildServiceEnvironment(context, service, databases[name] ?? {}),
    onLine: (line) => log.line(name, line),
    onReady: (ready) => noteReady(context, started, name, ready),
    onNews: (sentence) => log.news(name, sentence),
  });
}

async function showReadyTable(
  context: Context,
  services: readonly ServiceConfig[],
  started: Started,
): Promise<void> {
  const find = (name: string) => started.state.services.find((each) => each.name === name);
  const rows = services.flatMap(({ definition }) => {
    const running = find(definition.name);
    if (running === undefined) return [];
    return [{ ...running, tryNext: definition.tryNext(running.url, (name) => find(name)?.url) }];
  });
  // What the services have logged by now is on its way to us: let it come before the table.
  await delay(LOG_LAG_MS);
  context.print(formatReadyTable(rows));
}

function buildServiceEnvironment(
  context: Context,
  service: ServiceConfig,
  databases: Readonly<Record<string, string>>,
): Record<string, string | undefined> {
  const { environment, hasSecret, secretVariable, definition } = service;
  const isProduction = environment.NODE_ENV === 'production';
  return {
    // Its own grace must end before ours does.
    SHUTDOWN_GRACE_MS: '3000',
    // In production a secret is somebody's decision, and a service without one refuses to start.
    ...(hasSecret || isProduction
      ? {}
      : { [secretVariable]: ensureSecret(context.dataDir, definition.name) }),
    ...environment,
    HOST: service.host,
    PORT: String(service.port),
    PORT_VARIABLE: service.portVariable,
    ...databases,
  };
}

function noteReady(context: Context, started: Started, name: string, ready: ReadyService): void {
  const found = [...started.state.services.filter((service) => service.name !== name), { name, ...ready }];
  // In the order of the table, whoever was ready first.
  const services = context.services.flatMap(({ name }) => found.filter((each) => each.name === name));
  started.state = { ...started.state, services };
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
