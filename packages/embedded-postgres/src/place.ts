// Where the data and the programs lie. PostgreSQL refuses to run as root, so root runs it as user 65534 ("nobody"),
// and that user must be able to enter every folder on the way: not so below /root, which is closed to others.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, sep } from 'node:path';
import { EmbeddedPostgresError } from './errors.ts';
import { preparePrograms, programPath } from './programs.ts';

const NOBODY = 65534;
// What root keeps for folders that user 65534 cannot enter.
const ROOT_SHELF = '/var/lib/trafficflux';

export interface Place {
  /** Holds `cluster/data` (PostgreSQL's own folder), `cluster/password` and `log`. */
  readonly folder: string;
  /** Holds `bin`, `lib` and `share`. */
  readonly programs: string;
  /** Whom to run PostgreSQL as; empty when it is ourselves. */
  readonly runAs: { readonly uid?: number; readonly gid?: number };
}

/** Makes the folder and finds the programs, both within reach of the user that PostgreSQL runs as. */
export function preparePlace(dataDir: string): Place {
  const programs = preparePrograms();
  try {
    mkdirSync(dataDir, { recursive: true });
    if (!isRoot()) return { folder: dataDir, programs, runAs: {} };
    const folder = isWithinReach(dirname(realpathSync(dataDir))) ? dataDir : makeShelfFolder(dataDir);
    // Root owns the folder, and others may only pass through it: the password in it is root's alone.
    chmodSync(folder, 0o711);
    return { folder, programs: shareWithNobody(programs), runAs: { uid: NOBODY, gid: NOBODY } };
  } catch (cause) {
    if (cause instanceof EmbeddedPostgresError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `PostgreSQL's data folder ${dataDir} cannot be used: ${reason}.`;
    throw new EmbeddedPostgresError('folder-unusable', message, { cause });
  }
}

/** Where an earlier start put this folder's data. */
export function findPlaceFolder(dataDir: string): string {
  if (!existsSync(dataDir) || !isRoot()) return dataDir;
  return existsSync(shelfFolder(dataDir)) ? shelfFolder(dataDir) : dataDir;
}

/** Deletes all data of this folder; its server must have ended. */
export function removePlace(dataDir: string): void {
  if (!existsSync(dataDir)) return;
  if (isRoot()) rmSync(shelfFolder(dataDir), { recursive: true, force: true });
  rmSync(dataDir, { recursive: true, force: true });
}

/** Gives a file or an empty folder to the user that PostgreSQL runs as. */
export function giveTo(runAs: Place['runAs'], path: string): void {
  if (runAs.uid !== undefined && runAs.gid !== undefined) chownSync(path, runAs.uid, runAs.gid);
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Whether any user may enter this folder and all above it. */
function isWithinReach(folder: string): boolean {
  const isOpen = (statSync(folder).mode & 0o001) !== 0;
  return isOpen && (dirname(folder) === folder || isWithinReach(dirname(folder)));
}

function makeShelfFolder(dataDir: string): string {
  const folder = shelfFolder(dataDir);
  mkdirSync(ROOT_SHELF, { recursive: true, mode: 0o711 });
  sweepShelf();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'origin'), realpathSync(dataDir));
  return folder;
}

/** Removes the data of temporary folders that are gone, which tests leave when they are killed. */
function sweepShelf(): void {
  for (const name of readdirSync(ROOT_SHELF)) {
    const folder = join(ROOT_SHELF, name);
    const origin = join(folder, 'origin');
    if (!existsSync(origin) || existsSync(join(folder, 'cluster/data/postmaster.pid'))) continue;
    const path = readFileSync(origin, 'utf8');
    if (path.startsWith(`${realpathSync(tmpdir())}${sep}`) && !existsSync(path)) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

// The name follows from the path alone, so that the same clone finds its data again and never another's.
function shelfFolder(dataDir: string): string {
  const name = createHash('sha256').update(realpathSync(dataDir)).digest('hex').slice(0, 16);
  return join(ROOT_SHELF, `data-${name}`);
}

/** The programs themselves where anybody may run them, else a copy that anybody may. */
function shareWithNobody(programs: string): string {
  const program = programPath(programs, 'postgres');
  const isReadable = [program, join(programs, 'share')].every(
    (path) => (statSync(path).mode & 0o005) === 0o005,
  );
  if (isReadable && isWithinReach(realpathSync(dirname(program)))) return programs;
  const version = createHash('sha256').update(realpathSync(programs)).digest('hex').slice(0, 16);
  const copy = join(ROOT_SHELF, `programs-${version}`);
  if (!existsSync(copy)) copyForAll(programs, copy);
  return copy;
}

function copyForAll(programs: string, copy: string): void {
  mkdirSync(ROOT_SHELF, { recursive: true, mode: 0o711 });
  const draft = mkdtempSync(join(ROOT_SHELF, `${basename(copy)}.`));
  cpSync(programs, draft, { recursive: true, verbatimSymlinks: true });
  execFileSync('chmod', ['-R', 'a+rX', draft]);
  try {
    renameSync(draft, copy);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another process copied the same programs at the same time.
    if (!existsSync(copy)) throw error;
  }
}
