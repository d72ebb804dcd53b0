/** A service as a process of its own, which a test may kill or freeze. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ServiceProcess extends AsyncDisposable {
  readonly pid: number;
  readonly url: string;
  /** Of its log. */
  readonly lines: readonly Record<string, unknown>[];
  signal(signal: NodeJS.Signals): void;
  /** Sends the signal, and returns the exit code: null after SIGKILL. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

/** Starts its `main.ts` on a free port, with nothing else of our own environment; returns when it listens. */
export async function startServiceProcess(
  main: URL,
  environment: Readonly<Record<string, string>>,
): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [fileURLToPath(main)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH ?? '', HOST: '127.0.0.1', PORT: '0', ...environment },
  });
  const exited = once(child, 'exit');
  const lines: Record<string, unknown>[] = [];
  const ready = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text);
    lines.push(line);
    if (line.msg === 'ready') ready.resolve(line.urls[0]);
  });
  exited.then(() => ready.reject(new Error(`${main.pathname} ended before it listened.`)));
  const url = await ready.promise;
  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    child.kill(signal);
    // A frozen process hears of no other signal.
    if (signal === 'SIGTERM') child.kill('SIGCONT');
    const [code] = await exited;
    return code;
  }
  return {
    pid: child.pid ?? 0,
    url,
    lines,
    signal: (signal) => void child.kill(signal),
    end,
    async [Symbol.asyncDispose]() {
      await end('SIGKILL');
    },
  };
}
