// The Redis of a series. It writes an append-only file; whether that is still there after a kill, the fault decides.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../../test-stores/find-free-port.ts';
import { findProgram } from '../../test-stores/find-program.ts';
import { startRedisProcess } from '../../test-stores/redis-process.ts';

export interface ChaosRedis extends AsyncDisposable {
  readonly url: string;
  kill(): Promise<void>;
  /** On the same port: with what it had, or empty. */
  restart(keepsFile: boolean): Promise<void>;
}

const FILE = 'appendonlydir';

/** Null where this machine has none. */
export async function startChaosRedis(): Promise<ChaosRedis | null> {
  const program = findProgram('redis-server');
  if (program === null) return null;
  const folder = mkdtempSync(join(tmpdir(), 'trafficflux-chaos-redis-'));
  const port = await findFreePort();
  const start = () => startRedisProcess(program, port, folder, { appendonly: 'yes', appenddirname: FILE });
  let server = await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    kill: () => server.kill(),
    async restart(keepsFile) {
      if (!keepsFile) rmSync(join(folder, FILE), { recursive: true, force: true });
      server = await start();
    },
    async [Symbol.asyncDispose]() {
      await server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
