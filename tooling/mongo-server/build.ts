// Builds the MongoDB-compatible server of the tests, once for each state of its sources, with the machine's Go.
import { execFile, execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '../test-stores/find-program.ts';

const SOURCES = ['main.go', 'go.mod', 'go.sum'];
const SHELF = join(import.meta.dirname, '../../.data/mongo-server');
const PROGRAM = process.platform === 'win32' ? 'mongo-server.exe' : 'mongo-server';

/** Returns the path of the program, and builds it first where that has not been done: some minutes on a cold machine. */
export async function buildMongoServer(log: (line: string) => void = () => {}): Promise<string> {
  const built = findMongoServer();
  if (built) return built;
  log('building mongo-server, once; this may take minutes');
  // Two runs may build at once: each works in a draft of its own, and the rename puts a whole program in place.
  const draft = join(SHELF, `draft-${randomBytes(6).toString('hex')}`);
  mkdirSync(draft, { recursive: true });
  try {
    await promisify(execFile)(go(), ['build', '-trimpath', '-o', join(draft, PROGRAM), '.'], {
      cwd: import.meta.dirname,
      env: { ...process.env, GOFLAGS: '-buildvcs=false', CGO_ENABLED: '0' },
    });
    removeOlder();
    return putInPlace(draft);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** The program, where it has been built from the sources as they are now. */
export function findMongoServer(): string | null {
  const program = programPath();
  return existsSync(program) ? program : null;
}

/** Says whether the machine's Go can build the server. */
export function hasSuitableGo(): boolean {
  try {
    const said = execFileSync(go(), ['env', 'GOVERSION'], {
      cwd: import.meta.dirname,
      // Else an older Go would try to download a newer one just to answer.
      env: { ...process.env, GOTOOLCHAIN: 'local' },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [, major, minor] = /^go(\d+)\.(\d+)/.exec(said.trim()) ?? [];
    const [wantedMajor, wantedMinor] = wantedGo();
    return Number(major) > wantedMajor || (Number(major) === wantedMajor && Number(minor) >= wantedMinor);
  } catch {
    return false;
  }
}

/** Where Go's own installer puts it, many a PATH does not reach. */
function go(): string {
  return findProgram('go') ?? '/usr/local/go/bin/go';
}

/** The oldest version of Go that can build the server. */
export function wantedGo(): [major: number, minor: number] {
  const mod = readFileSync(join(import.meta.dirname, 'go.mod'), 'utf8');
  const [, major, minor] = /^go (\d+)\.(\d+)/m.exec(mod) ?? [];
  return [Number(major), Number(minor)];
}

function programPath(): string {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const name of SOURCES) hash.update(readFileSync(join(import.meta.dirname, name)));
  return join(SHELF, hash.digest('hex').slice(0, 16), PROGRAM);
}

/** Programs of earlier sources are dead weight of 36 MB each; drafts belong to whoever builds right now. */
function removeOlder(): void {
  for (const name of readdirSync(SHELF)) {
    if (!name.startsWith('draft-')) rmSync(join(SHELF, name), { recursive: true, force: true });
  }
}

function putInPlace(draft: string): string {
  const program = programPath();
  try {
    renameSync(draft, dirname(program));
  } catch (error) {
    // Another run was faster, and its program is as good.
    if (!existsSync(program)) throw error;
  }
  return program;
}
