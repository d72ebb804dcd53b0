// A cluster is PostgreSQL's data and the password that opens it. Both appear at once, by one rename: whoever is
// killed while making one leaves a draft behind, never half a cluster.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './errors.ts';
import { giveTo, type Place } from './place.ts';
import { identifyProcess, isSameProcess } from './process-identity.ts';
import { programPath } from './programs.ts';

export interface Cluster {
  /** PostgreSQL's own folder (PGDATA). */
  readonly data: string;
  readonly password: string;
}

export const SUPERUSER = 'postgres';
const DRAFT = 'draft';

/** Opens the cluster of a place, and creates it first where there is none (half a second). */
export async function openCluster(place: Place, options: { ephemeral: boolean }): Promise<Cluster> {
  const folder = join(place.folder, 'cluster');
  removeAbandonedDrafts(place.folder);
  if (!existsSync(folder)) await createCluster(place, folder, options);
  return { data: join(folder, 'data'), password: readFileSync(join(folder, 'password'), 'utf8').trim() };
}

async function createCluster(place: Place, folder: string, options: { ephemeral: boolean }): Promise<void> {
  const draft = join(place.folder, draftName());
  try {
    mkdirSync(draft);
    chmodSync(draft, 0o711);
    const password = randomBytes(24).toString('base64url');
    writeFileSync(join(draft, 'password'), `${password}\n`, { mode: 0o600 });
    await runInitdb(place, draft, password, options);
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another process made the cluster in the meantime, and that one is as good.
    if (!existsSync(folder)) throw error;
  }
}

async function runInitdb(
  { programs, runAs }: Place,
  draft: string,
  password: string,
  options: { ephemeral: boolean },
): Promise<void> {
  const data = join(draft, 'data');
  mkdirSync(data, { mode: 0o700 });
  giveTo(runAs, data);
  // initdb reads the password as the user it runs as, so it gets a file of its own for that moment.
  const passwordFile = join(draft, 'password-for-initdb');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  giveTo(runAs, passwordFile);
  const flags = [
    `--pgdata=${data}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // PostgreSQL's own collation sorts alike on every machine, whatever locales it has.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(options.ephemeral ? ['--no-sync'] : []),
  ];
  const initdb = spawn(programPath(programs, 'initdb'), flags, { ...runAs, ...quietSurroundings(draft) });
  const said: Buffer[] = [];
  initdb.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  initdb.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const result = await new Promise<number | string>((resolve) => {
    initdb.once('error', (error) => resolve(error.message));
    initdb.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  rmSync(passwordFile, { force: true });
  if (result !== 0) throw initdbFailure(result, Buffer.concat(said).toString());
}

/** Where PostgreSQL's programs run: a folder they may read, and a language we can read. */
export function quietSurroundings(cwd: string): {
  cwd: string;
  env?: NodeJS.ProcessEnv;
  windowsHide: boolean;
} {
  const surroundings = { cwd, windowsHide: true };
  if (process.platform === 'win32') return surroundings;
  return { ...surroundings, env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' } };
}

function initdbFailure(result: number | string, said: string): EmbeddedPostgresError {
  const reason =
    /(?:error|fatal|FATAL|could not|cannot|loading shared libraries)[^\n]*/.exec(said)?.[0] ?? result;
  return new EmbeddedPostgresError(
    'initdb-failed',
    `PostgreSQL could not create its data folder: ${reason}.`,
  );
}

function draftName(): string {
  const [pid, startedAt] = identifyProcess(process.pid)?.split(':') ?? [];
  return [DRAFT, pid, startedAt, randomBytes(4).toString('hex')].join('_');
}

function removeAbandonedDrafts(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [kind, pid, startedAt] = name.split('_');
    if (kind !== DRAFT || isSameProcess(`${pid}:${startedAt}`)) continue;
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}
