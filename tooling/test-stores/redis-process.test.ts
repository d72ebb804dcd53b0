import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeOnOwnRedis, startOwnRedis } from './test-redis.ts';

describeOnOwnRedis('a Redis of a test', () => {
  it('ends when its starter is killed with SIGKILL', async () => {
    const { starter, port } = await startInProcess();
    expect(await answers(port)).toBe(true);
    starter.kill('SIGKILL');
    await expect.poll(() => answers(port), { timeout: 10_000 }).toBe(false);
  });

  it('comes back on its port after a kill', async () => {
    await using redis = await startOwnRedis();
    const port = Number(new URL(redis.url).port);
    await redis.kill();
    expect(await answers(port)).toBe(false);
    await redis.restart();
    expect(await answers(port)).toBe(true);
  });
});

async function startInProcess(): Promise<{ starter: ChildProcess; port: number }> {
  await using redis = await startOwnRedis();
  const port = Number(new URL(redis.url).port);
  await redis.stop();
  const file = join(import.meta.dirname, 'redis-process.ts');
  const script = `import { startRedisProcess } from ${JSON.stringify(file)};
    await startRedisProcess('redis-server', ${port}, ${JSON.stringify(tmpdir())});
    console.log('started');`;
  const starter = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(starter.stdout as NodeJS.ReadableStream, 'data');
  return { starter, port };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
