/** The load workers of a series: as many as a seed asks for, each replaced when it was killed. */
import type { ServiceProcess } from './service-process.ts';

export interface Workers {
  /** Those that live. */
  readonly all: readonly ServiceProcess[];
  find(name: string): ServiceProcess | undefined;
  /** Starts and ends workers until there are so many. */
  resize(count: number): Promise<void>;
  /** As `kill -9` does. Nothing takes its place before `replace`. */
  kill(worker: ServiceProcess): Promise<void>;
  /** Starts one more, under a new name. */
  add(): Promise<void>;
  /** Starts one in its place, under its name or a new one. */
  replace(worker: ServiceProcess, keepsName: boolean): Promise<void>;
}

export function createWorkers(start: (name: string) => Promise<ServiceProcess>): Workers {
  let workers: readonly ServiceProcess[] = [];
  let count = 0;
  const add = async (name = `worker-${++count}`) => {
    const worker = await start(name);
    workers = [...workers, worker];
  };
  return {
    get all() {
      return workers;
    },
    find: (name) => workers.find((worker) => worker.name === name),
    async resize(wanted) {
      const living = workers.filter(({ hasEnded }) => !hasEnded);
      const surplus = living.slice(wanted);
      workers = living.slice(0, wanted);
      const missing = Array.from({ length: Math.max(0, wanted - workers.length) }, () => add());
      await Promise.all([...surplus.map((worker) => worker.end()), ...missing]);
    },
    async kill(worker) {
      workers = workers.filter((other) => other !== worker);
      await worker.kill();
    },
    add: () => add(),
    replace: ({ name }, keepsName) => add(keepsName ? name : undefined),
  };
}
