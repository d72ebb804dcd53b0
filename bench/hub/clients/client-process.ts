// The clients of one server, in a process of their own on cores of their own.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Connected, Loaded, Order, Paced, ServerAddress } from './orders.ts';

/** No order takes longer. */
const ORDER_MS = 180_000;

export interface Clients {
  connect(count: number, atOnce: number): Promise<Connected>;
  subscribe(order: Omit<Order & { do: 'subscribe' }, 'do'>): Promise<void>;
  load(order: Omit<Order & { do: 'load' }, 'do'>): Promise<Loaded>;
  pace(order: Omit<Order & { do: 'pace' }, 'do'>): Promise<Paced>;
  close(): Promise<void>;
}

export async function startClients(
  address: ServerAddress & { serverPid: number },
  threads: number,
): Promise<Clients> {
  const child = fork(fileURLToPath(new URL('./main.ts', import.meta.url)), [
    JSON.stringify({ ...address, threads }),
  ]);
  const exited = once(child, 'exit');
  const kill = () => void child.kill('SIGKILL');
  process.on('exit', kill);

  async function order<T>(what: Order | null): Promise<T> {
    const answer = Promise.race([
      once(child, 'message', { signal: AbortSignal.timeout(ORDER_MS) }),
      exited.then(([code]) => Promise.reject(new Error(`the clients ended with ${code}`))),
    ]);
    if (what !== null) child.send(what);
    const [{ result, problem }] = await answer;
    if (problem !== undefined) throw new Error(problem);
    return result;
  }

  try {
    await order(null);
  } catch (error) {
    kill();
    throw error;
  }
  return {
    connect: (count, atOnce) => order({ do: 'connect', count, atOnce }),
    subscribe: (what) => order({ do: 'subscribe', ...what }),
    load: (what) => order({ do: 'load', ...what }),
    pace: (what) => order({ do: 'pace', ...what }),
    async close() {
      const timer = setTimeout(kill, 10_000);
      if (child.connected) child.send({ do: 'close' } satisfies Order);
      await exited;
      clearTimeout(timer);
      process.off('exit', kill);
    },
  };
}
