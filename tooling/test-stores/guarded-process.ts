// Starts a program beside a guardian, which ends it when we are gone.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import type { Duplex, Readable } from 'node:stream';

/**
 * A few lines of shell hold one end of a pipe whose other end only we hold: when we are gone, however that came, they
 * end the program. A word on the pipe says that it has ended already. They exist before the program does.
 */
const GUARDIAN = `
( ( read -r word <&3 || kill -KILL $$ ) >/dev/null 2>&1 & )
exec "$@" 3<&-
`;

export interface GuardedProcess extends ChildProcess {
  /** Null where the output goes elsewhere. */
  readonly stdout: Readable | null;
}

/** The program gets no input; `output` says where its standard output and its errors go. */
export function spawnGuarded(
  command: readonly string[],
  output: readonly [stdout: 'ignore' | 'pipe', stderr: 'inherit' | number],
  options: Pick<SpawnOptions, 'env' | 'cwd'> = {},
): GuardedProcess {
  const child = spawn('/bin/sh', ['-c', GUARDIAN, 'sh', ...command], {
    ...options,
    stdio: ['ignore', ...output, 'pipe'],
  });
  const pipe = child.stdio[3] as Duplex;
  pipe.on('error', () => pipe.destroy());
  child.once('exit', () => pipe.end('over\n'));
  return child;
}
