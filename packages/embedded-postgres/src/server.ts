// One running PostgreSQL server process, and the guardian that ends it when we are gone.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, quietSurroundings } from './cluster.ts';
import { EmbeddedPostgresError } from './errors.ts';
import type { Place } from './place.ts';
import { identifyProcess } from './process-identity.ts';
import { programPath } from './programs.ts';

export interface ServerOptions {
  readonly port: number;
  readonly maxConnections: number;
  readonly ephemeral: boolean;
}

export interface Server {
  readonly pid: number;
  /** Settles when the server has ended, for whatever reason. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

/** The name under which the server's command line tells which process it belongs to. */
export const OWNER_SETTING = 'trafficflux.owner';

const START_LIMIT_MS = 60_000;
const FAST_STOP_LIMIT_MS = 4_000;

/** Starts PostgreSQL on the cluster and waits until it takes connections. */
export async function startServer(place: Place, cluster: Cluster, options: ServerOptions): Promise<Server> {
  const logFile = join(place.folder, 'log');
  const child = spawnGuarded(place, cluster, options, logFile);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const guardianGone = dismissGuardian(child, exited);
  const isReady = await waitUntilReady(cluster.data, child, exited);
  if (!isReady || child.pid === undefined) throw startFailure(logFile, options.port);
  const { pid } = child;
  return { pid, exited, stop: () => stopServer(place, cluster, child, Promise.all([exited, guardianGone])) };
}

/**
 * The guardian is a few lines of shell in a process of their own, which hold one end of a pipe whose other end only
 * we hold. The kernel closes ours however we end, `kill -9` included; then the guardian ends the server. It is no
 * child of the server (hence the two brackets), which would take a lost child for a crash. It exists before the
 * server does, so there is no moment in which the server is alone. It sends SIGINT, PostgreSQL's "fast" shutdown,
 * then, while the lock file stays, SIGQUIT, "immediate". A word on the pipe says that the server has ended already.
 */
const GUARDIAN = `
( (
  if ! read -r word <&3; then
    kill -INT $$
    tries=0
    while [ -e postmaster.pid ] && [ $tries -lt 40 ]; do tries=$((tries + 1)); sleep 0.1; done
    [ -e postmaster.pid ] && kill -QUIT $$ && sleep 2
    [ -e postmaster.pid ] && kill -KILL $$
  fi
) >/dev/null 2>&1 & )
exec "$@" 3<&-
`;

function spawnGuarded(place: Place, cluster: Cluster, options: ServerOptions, logFile: string): ChildProcess {
  const command = [programPath(place.programs, 'postgres'), ...serverFlags(cluster, options)];
  const surroundings = { ...place.runAs, ...quietSurroundings(cluster.data) };
  const log = openSync(logFile, 'w', 0o600);
  try {
    // Windows ends the children of a process with it, so there the server needs no guardian.
    if (process.platform === 'win32') {
      return spawn(command[0] ?? '', command.slice(1), { ...surroundings, stdio: ['ignore', log, log] });
    }
    // A session of its own: Ctrl-C at the terminal must reach the services first, and the server last.
    const stdio = ['ignore', log, log, 'pipe'] as const;
    return spawn('/bin/sh', ['-c', GUARDIAN, 'sh', ...command], {
      ...surroundings,
      detached: true,
      stdio: [...stdio],
    });
  } finally {
    closeSync(log);
  }
}

function serverFlags({ data }: Cluster, { port, maxConnections, ephemeral }: ServerOptions): string[] {
  const settings: Record<string, string | number> = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: maxConnections,
    timezone: 'UTC',
    log_timezone: 'UTC',
    // In this scale `log` lies above `error`: a taken username is no news for the log.
    log_min_messages: 'log',
    log_checkpoints: 'off',
    [OWNER_SETTING]: identifyProcess(process.pid) ?? '',
    ...(ephemeral ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  return ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** Tells the guardian that its work is over once the server has ended; settles when the guardian is gone. */
async function dismissGuardian(child: ChildProcess, exited: Promise<void>): Promise<void> {
  const pipe = child.stdio[3] as Duplex | null | undefined;
  if (!pipe) return exited;
  pipe.resume();
  const gone = new Promise<void>((resolve) => pipe.once('close', resolve));
  pipe.on('error', () => pipe.destroy());
  await exited;
  pipe.end('over\n');
  await gone;
}

async function waitUntilReady(data: string, child: ChildProcess, exited: Promise<void>): Promise<boolean> {
  const giveUp = new AbortController();
  let hasEnded = false;
  void exited.then(() => {
    hasEnded = true;
    giveUp.abort();
  });
  const deadline = performance.now() + START_LIMIT_MS;
  while (!hasEnded && performance.now() < deadline) {
    if (isReady(data, child.pid)) return true;
    await delay(10, undefined, { signal: giveUp.signal }).catch(() => {});
  }
  child.kill('SIGKILL');
  return false;
}

/** The server writes its state into the eighth line of its lock file, where `pg_ctl --wait` looks for it too. */
function isReady(data: string, pid: number | undefined): boolean {
  const lines = readLockFile(data);
  return lines[0] === String(pid) && lines[7]?.trim() === 'ready';
}

export function readLockFile(data: string): string[] {
  try {
    return readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

async function stopServer(
  place: Place,
  { data }: Cluster,
  child: ChildProcess,
  gone: Promise<unknown>,
): Promise<void> {
  if (process.platform === 'win32') {
    // Windows has no signals: a kill there is a crash, from which PostgreSQL would have to recover.
    execFile(programPath(place.programs, 'pg_ctl'), ['stop', '--mode=fast', '-D', data]);
    await Promise.race([gone, delay(FAST_STOP_LIMIT_MS, undefined, { ref: false })]);
  }
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    child.kill(signal);
    const hasEnded = gone.then(() => true);
    if (await Promise.race([hasEnded, delay(FAST_STOP_LIMIT_MS, false, { ref: false })])) return;
  }
}

function startFailure(logFile: string, port: number): EmbeddedPostgresError {
  const log = readFileSync(logFile, 'utf8').trim();
  const reason = /(?:FATAL|PANIC): *([^\n]*)/.exec(log)?.[1] ?? log.split('\n').at(-1) ?? '';
  if (/could not (bind|create any TCP)|Address already in use/.test(log)) {
    return new EmbeddedPostgresError(
      'port-taken',
      `Port ${port} on 127.0.0.1, chosen for PostgreSQL, is taken by another program.`,
    );
  }
  if (/lock file .* already exists/.test(log)) {
    const message = `The PostgreSQL data in ${dirname(logFile)} is already in use by another start.`;
    return new EmbeddedPostgresError('already-running', message);
  }
  return new EmbeddedPostgresError(
    'start-failed',
    `PostgreSQL did not start: ${reason} (its log is ${logFile}).`,
  );
}
