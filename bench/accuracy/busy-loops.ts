/** Makes a core too busy for what is measured on it. */
import { type ChildProcess, spawn } from 'node:child_process';

const running = new Set<ChildProcess>();

/** So many processes that do nothing else, until they are stopped, and never for longer than so. */
export function startBusyLoops(core: number, count: number, atMostMs: number): { stop(): void } {
  const loop = `const end = Date.now() + ${atMostMs}; while (Date.now() < end);`;
  // Each in a session of its own: systems share a core fairly among sessions before they do among processes.
  const loops = Array.from({ length: count }, () =>
    spawn('taskset', ['-c', String(core), process.execPath, '-e', loop], { stdio: 'ignore', detached: true }),
  );
  for (const child of loops) {
    running.add(child);
    child.once('exit', () => running.delete(child));
  }
  return {
    stop() {
      for (const child of loops) child.kill('SIGKILL');
    },
  };
}

export function endBusyLoops(): void {
  for (const child of running) child.kill('SIGKILL');
}
