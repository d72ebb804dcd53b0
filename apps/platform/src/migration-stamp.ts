// What was migrated last, beside the data of the embedded PostgreSQL: as long as it fits, a start need not ask the
// databases. It is a hash of every file that can change the outcome, and goes with the data.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { ServiceConfig } from './config.ts';
import type { Context } from './context.ts';
import { postgresFolder } from './folders.ts';
import { listRooms } from './rooms.ts';

/** Where packages keep their migrations, and what applies them. */
const SQL_FOLDERS = ['migrations', join('prisma', 'migrations')];
const CODE_FOLDER = 'src';
const CODE = /^migrat.*(?<!\.test)\.ts$/;

/** The URLs of a service's databases, by the variables that name them. */
type Urls = Readonly<Record<string, string>>;

/** Whether these databases are ours alone and were migrated with these very files. */
export function isMigrated(context: Context, service: ServiceConfig, urls: Urls): boolean {
  const file = stampFile(context, service);
  return (
    hasOnlyOwn(service) && existsSync(file) && readFileSync(file, 'utf8') === hash(context, service, urls)
  );
}

/** Runs a migration, and remembers it if it succeeded; one that is cut short leaves nothing to trust. */
export async function migrateAndNote(
  context: Context,
  service: ServiceConfig,
  urls: Urls,
  migrate: () => Promise<number>,
): Promise<number> {
  rmSync(stampFile(context, service), { force: true });
  const exitCode = await migrate();
  if (exitCode === 0 && hasOnlyOwn(service)) note(context, service, urls);
  return exitCode;
}

function note(context: Context, service: ServiceConfig, urls: Urls): void {
  mkdirSync(stampFolder(context.dataDir), { recursive: true, mode: 0o700 });
  writeFileSync(stampFile(context, service), hash(context, service, urls));
}

/** For when a database turns out to be new: somebody has removed the one that was migrated. */
export function forgetMigrated(dataDir: string): void {
  rmSync(stampFolder(dataDir), { recursive: true, force: true });
}

/** A database that was given, or another store in the place of one, may be changed by others at any time. */
function hasOnlyOwn({ definition, databases, environment }: ServiceConfig): boolean {
  const isSet = (name: string | undefined) =>
    name !== undefined && (environment[name] ?? environment[`${name}_FILE`]) !== undefined;
  return (
    databases.every(({ url }) => url === undefined) &&
    !definition.databases.some(({ unneededWith }) => isSet(unneededWith))
  );
}

function hash({ root, entry }: Context, { definition, databases }: ServiceConfig, urls: Urls): string {
  const sum = createHash('sha256');
  for (const { variable } of databases) {
    // The port is another at each start; the password is another for each cluster.
    const { password, pathname } = new URL(urls[variable] ?? '');
    sum.update(`${variable}\0${password}\0${pathname}\0`);
  }
  const files = listRooms(root, definition.name).flatMap(listMigrations);
  // Libraries bring tables of their own.
  const lockfile = join(root, 'pnpm-lock.yaml');
  for (const file of [
    entry(definition.name, 'migrate'),
    ...files,
    ...(existsSync(lockfile) ? [lockfile] : []),
  ]) {
    sum
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return sum.digest('hex');
}

function listMigrations(room: string): string[] {
  const statements = SQL_FOLDERS.flatMap((folder) => listFiles(join(room, folder)));
  const code = listFiles(join(room, CODE_FOLDER)).filter((file) => CODE.test(basename(file)));
  return [...statements, ...code];
}

function listFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile())
    .map((found) => join(found.parentPath, found.name))
    .sort();
}

function stampFolder(dataDir: string): string {
  return join(postgresFolder(dataDir), 'migrated');
}

function stampFile({ dataDir }: Context, { definition }: ServiceConfig): string {
  return join(stampFolder(dataDir), definition.name);
}
