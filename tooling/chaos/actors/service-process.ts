/** A process of the product, started from its `src/main.ts`, which a fault may kill or freeze. */
import { execFileSync } from 'node:child_process';
import { createWriteStream, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { spawnGuarded } from '../../test-stores/guarded-process.ts';

export interface ServiceProcess {
  readonly name: string;
  readonly pid: number;
  readonly url: string;
  readonly hasEnded: boolean;
  /** As `kill -9` does; resolves when it is gone. */
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** Asks it to end; kills it where that takes too long. True if it ended by itself, and well. */
  end(): Promise<boolean>;
}

export interface ServiceOptions {
  readonly name: string;
  /** The path of its `main.ts`. */
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Takes what it writes. */
  readonly logFile: string;
  /** Told when it ends and nobody ended it. */
  readonly onDeath: (sentence: string) => void;
}

/** What a process keeps of the harness's own environment. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TRAFFICFLUX_CI_RUN'];
const END_LIMIT_MS = 10_000;

/** Resolves when it listens. */
export async function startService(options: ServiceOptions): Promise<ServiceProcess> {
  const { name, file, environment, logFile, onDeath } = options;
  const child = spawnGuarded([process.execPath, file], ['pipe', openSync(logFile, 'a')], {
    env: { ...inherit(), HOST: '127.0.0.1', PORT: '0', ...environment },
  });
  let isWanted = true;
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', (code, signal) => {
      if (isWanted) onDeath(`${name} ended by itself, with ${code ?? signal}; see ${logFile}.`);
      resolve(code);
    });
  });
  async function kill(): Promise<void> {
    isWanted = false;
    child.kill('SIGKILL');
    await exited;
  }
  const { pid, stdout } = child;
  if (pid === undefined || stdout === null) throw new Error(`${name} could not be started.`);
  const url = await Promise.race([
    findUrl(stdout, logFile),
    exited.then(() => Promise.reject(new Error(`${name} ended before it listened; see ${logFile}.`))),
  ]);
  return {
    name,
    pid,
    url,
    get hasEnded() {
      return child.exitCode !== null || child.signalCode !== null;
    },
    kill,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async end() {
      isWanted = false;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), END_LIMIT_MS);
      const code = await exited;
      clearTimeout(timer);
      return code === 0;
    },
  };
}

/** Ids of the processes that this one has started and that still live. */
export function findChildren(pid: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).split('\n');
  const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([child = 0, parent]) => (parent === pid ? [child] : []));
}

/** Resident memory in bytes. */
export function readMemory(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024;
}

function inherit(): Record<string, string> {
  return Object.fromEntries(
    INHERITED.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
}

/** Reads on after the line was found, so that the service never waits for us. */
function findUrl(output: NodeJS.ReadableStream, logFile: string): Promise<string> {
  const log = createWriteStream(logFile, { flags: 'a' });
  const { promise, resolve } = Promise.withResolvers<string>();
  createInterface({ input: output })
    .on('line', (line) => {
      log.write(`${line}\n`);
      const url = /"urls":\["([^"]+)".*"msg":"ready"/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    })
    .once('close', () => log.end());
  return promise;
}
