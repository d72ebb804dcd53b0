/** Starts the server with a known latency in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Behaviour } from './latency.ts';
import type { Order, Reply } from './orders.ts';
import type { ServerLog } from './truth.ts';

export interface ServerProcess {
  readonly url: string;
  /** From now on it behaves like this, with an empty log. */
  reset(behaviour: Behaviour): Promise<void>;
  /** What it saw since then. */
  readLog(): Promise<ServerLog>;
  stop(): Promise<void>;
}

const file = fileURLToPath(new URL('server.ts', import.meta.url));

/** On a core of its own, or on any. */
export async function startServer(core: number | null): Promise<ServerProcess> {
  const pin = core === null ? [] : ['taskset', '-c', String(core)];
  const [program = '', ...parameters] = [...pin, process.execPath, file];
  const child = spawn(program, parameters, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // Keeps arrays of numbers as they are.
    serialization: 'advanced',
  });
  const exited = once(child, 'exit');
  const gone = exited.then(() => {
    throw new Error('the server has ended');
  });
  // Whoever waits for a reply is told.
  gone.catch(() => undefined);
  const hear = async (): Promise<Reply> => (await Promise.race([once(child, 'message'), gone]))[0];
  const tell = (order: Order): Promise<Reply> => {
    const reply = hear();
    child.send(order);
    return reply;
  };
  const first = await hear();
  if (typeof first !== 'object' || !('port' in first)) throw new Error('the server did not say its port');
  return {
    url: `http://127.0.0.1:${first.port}/`,
    reset: async (behaviour) => void (await tell({ reset: behaviour })),
    async readLog() {
      const log = await tell('log');
      if (typeof log !== 'object' || !('arrivedMs' in log)) throw new Error('the server sent no log');
      return log;
    },
    async stop() {
      child.kill();
      await exited;
    },
  };
}
