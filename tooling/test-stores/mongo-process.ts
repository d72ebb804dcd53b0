// A MongoDB as a process of ours, which ends with us, however we end.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { findFreePort } from './find-free-port.ts';
import type { MongoProgram } from './mongo-program.ts';

export interface MongoProcess {
  readonly url: string;
  readonly port: number;
  /** Sends a signal; `SIGSTOP` makes a server that accepts and never answers. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  /** Ends it as a crash does, and resolves when it is gone. */
  kill(): Promise<void>;
}

/** The line by which a program says that it accepts connections, with its port. */
const READY = {
  'mongo-server': /^listening on mongodb:\/\/[^:]+:(\d+)/,
  mongod: /"Waiting for connections".*"port":(\d+)/,
};

/** Starts the program on the data in `dir`, on a free port where none is fixed. Resolves when it accepts connections. */
export async function startMongoProcess(
  program: MongoProgram,
  dir: string,
  fixedPort?: number,
): Promise<MongoProcess> {
  // mongo-server chooses one by itself, and nobody can take it in between; mongod has to be told.
  const wanted = fixedPort ?? (program.name === 'mongod' ? await findFreePort() : 0);
  // Its standard input is a pipe that closes when this process ends: mongo-server watches it by itself.
  const child = spawn(program.path, toArguments(program, dir, wanted), { stdio: ['pipe', 'pipe', 'pipe'] });
  const guardian = program.name === 'mongod' ? guard(child) : undefined;
  const ended = once(child, 'exit');
  const port = await waitUntilReady(child, READY[program.name]);
  return {
    url: `mongodb://127.0.0.1:${port}`,
    port,
    signal: (name) => void child.kill(name),
    async kill() {
      guardian?.kill('SIGKILL');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function toArguments({ name }: MongoProgram, dir: string, port: number): string[] {
  return name === 'mongod'
    ? ['--dbpath', dir, '--bind_ip', '127.0.0.1', '--port', String(port)]
    : ['-dir', dir, '-listen', `127.0.0.1:${port}`];
}

/** mongod outlives whoever started it; this shell reads until we are gone, and then ends it. */
function guard({ pid }: ChildProcess): ChildProcess {
  return spawn('sh', ['-c', `cat >/dev/null; kill -KILL ${pid}`], { stdio: ['pipe', 'ignore', 'ignore'] });
}

async function waitUntilReady(child: ChildProcess, ready: RegExp): Promise<number> {
  const said = lastLines(50);
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('The process has no output to read.');
  // Read to the end, so that a full pipe never stops the server; the last lines explain a failure.
  stderr.on('data', (chunk) => said.push(String(chunk)));
  return new Promise<number>((resolve, reject) => {
    createInterface({ input: stdout }).on('line', (line) => {
      said.push(`${line}\n`);
      const [, port] = ready.exec(line) ?? [];
      if (port) resolve(Number(port));
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`MongoDB for the tests did not start: ${said.text()}`)));
  });
}

function lastLines(count: number) {
  const lines: string[] = [];
  return {
    push(line: string) {
      lines.push(line);
      if (lines.length > count) lines.shift();
    },
    text: () => lines.join(''),
  };
}
