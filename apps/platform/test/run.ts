// Starts the platform's command line in a process and lets a test wait for what it says.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { env } from 'node:process';

export interface Running {
  readonly child: ChildProcess;
  readonly said: () => string;
  /** Settles with the output so far once it contains the text; fails when the process ends without it. */
  until(text: string | RegExp): Promise<string>;
  readonly exit: Promise<{ code: number | null; signal: string | null }>;
}

export function runPlatform(
  root: string,
  args: readonly string[],
  variables: Record<string, string> = {},
): Running {
  const { DATABASE_URL: _url, MONGO_URL: _mongo, SECRET_KEY: _key, ...inherited } = env;
  const child = spawn(process.execPath, [join(import.meta.dirname, 'platform.ts'), root, ...args], {
    env: { ...inherited, ...variables },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let said = '';
  const watchers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      for (const watcher of watchers) watcher();
    });
  }
  // Not the event `close`, which does not come once the channel was closed by hand.
  const streams = [child.stdout, child.stderr].map((stream) => stream && once(stream, 'close'));
  const exit = Promise.all([once(child, 'exit'), ...streams]).then(([[code, signal]]) => ({ code, signal }));
  const until = (text: string | RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => (typeof text === 'string' ? said.includes(text) : text.test(said)) && resolve(said);
      watchers.add(look);
      look();
      void exit.then(() => reject(new Error(`it ended without "${text}":\n${said}`)));
    });
  return { child, said: () => said, until, exit };
}
