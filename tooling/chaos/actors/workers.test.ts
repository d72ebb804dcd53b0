import { describe, expect, it } from 'vitest';
import type { ServiceProcess } from './service-process.ts';
import { createWorkers } from './workers.ts';

/** Workers that start when they are let. */
function startLater() {
  const starting: (() => void)[] = [];
  const ended: string[] = [];
  const start = async (name: string) => {
    await new Promise<void>((resolve) => starting.push(resolve));
    const end = async () => {
      ended.push(name);
      return true;
    };
    return { name, hasEnded: false, end, kill: end } as unknown as ServiceProcess;
  };
  const letAllStart = () => {
    for (const resolve of starting.splice(0)) resolve();
  };
  return { workers: createWorkers(start), letAllStart, ended };
}

async function resized(count: number) {
  const later = startLater();
  const resizing = later.workers.resize(count);
  later.letAllStart();
  await resizing;
  return later;
}

const names = (workers: readonly ServiceProcess[]) => workers.map(({ name }) => name);

describe('the workers of a series', () => {
  it('are as many as a seed asks for', async () => {
    const { workers, letAllStart, ended } = await resized(3);
    expect(names(workers.all)).toEqual(['worker-1', 'worker-2', 'worker-3']);
    await workers.resize(2);
    expect(ended).toEqual(['worker-3']);
    const growing = workers.resize(3);
    letAllStart();
    await growing;
    expect(names(workers.all)).toEqual(['worker-1', 'worker-2', 'worker-4']);
  });

  it('are all known, also those that start while another is killed', async () => {
    const { workers, letAllStart } = await resized(2);
    const [first, second] = workers.all;
    if (!first || !second) throw new Error('two workers were started');
    await workers.kill(first);
    const replacing = workers.replace(first, true);
    await workers.kill(second);
    const another = workers.replace(second, false);
    expect(workers.all).toEqual([]);
    letAllStart();
    await Promise.all([replacing, another]);
    expect(names(workers.all)).toEqual(['worker-1', 'worker-3']);
    expect(workers.find('worker-1')).not.toBe(first);
  });
});
