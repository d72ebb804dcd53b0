// One service as a process of its own: started, watched, started again after a crash, and ended.
import { type ChildProcess, spawn } from 'node:child_process';
import type { Environment } from '../config.ts';
import { END_WITH_US, type Exit, endProcess, killGroup, readLines, untilExit } from '../processes.ts';

/** What a service tells us over its channel. */
export type ServiceMessage =
  | { readonly type: 'ready'; readonly urls: readonly string[]; readonly docs?: string }
  | { readonly type: 'failed'; readonly message: string };

export interface ServiceProcessOptions {
  readonly file: string;
  readonly cwd: string;
  readonly environment: Environment;
  readonly onLine: (line: string) => void;
  /** Called each time it is ready, so also after a restart. */
  readonly onReady: (ready: ReadyService) => void;
  /** Called with a sentence when it ended unasked, and when it is started again. */
  readonly onNews: (sentence: string) => void;
}

export interface ReadyService {
  readonly pid: number;
  readonly startedAt: number;
  readonly url: string;
  readonly docs?: string;
}

export interface ServiceProcess {
  /** Settles when it is ready for the first time, or with why it will not be. */
  readonly started: Promise<ReadyService | { readonly failure: string }>;
  restart(reason: string): void;
  stop(): Promise<void>;
  /** Ends it at once, without asking. */
  kill(): void;
}

const STOP_LIMIT_MS = 3_500;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 30_000;
/** Whoever ran for so long did not crash because of how it starts: the waiting begins anew. */
const STABLE_MS = 10_000;

type State =
  | { readonly name: 'running'; readonly child: ChildProcess; readonly exited: Promise<Exit> }
  | { readonly name: 'waiting'; readonly timer: NodeJS.Timeout }
  | { readonly name: 'stopped' };

/** Starts a service and keeps it running until `stop`. A first start that fails is not repeated. */
export function startService(options: ServiceProcessOptions): ServiceProcess {
  const { promise: started, resolve: resolveStarted } = Promise.withResolvers<
    ReadyService | { failure: string }
  >();
  let state: State = { name: 'stopped' };
  let isStopping = false;
  let wasReady = false;
  let delayMs = FIRST_DELAY_MS;
  let askedToRestart = false;

  const launch = () => {
    const startedAt = Date.now();
    const child = spawnService(options);
    const exited = untilExit(child);
    let failure: string | undefined;
    state = { name: 'running', child, exited };
    child.on('message', (message: ServiceMessage) => {
      if (message.type === 'failed') failure = message.message;
      if (message.type !== 'ready') return;
      wasReady = true;
      const ready = describeReady(child, startedAt, message);
      options.onReady(ready);
      resolveStarted(ready);
    });
    void exited.then((exit) => afterExit(exit, startedAt, failure));
  };

  const afterExit = (exit: Exit, startedAt: number, failure: string | undefined) => {
    state = { name: 'stopped' };
    if (isStopping) return;
    if (askedToRestart) {
      askedToRestart = false;
      launch();
      return;
    }
    if (!wasReady) {
      resolveStarted({ failure: failure ?? `it ended ${describeExit(exit)} before it was ready` });
      return;
    }
    if (Date.now() - startedAt > STABLE_MS) delayMs = FIRST_DELAY_MS;
    options.onNews(`ended ${describeExit(exit)}; starting it again in ${delayMs / 1000} s`);
    state = { name: 'waiting', timer: setTimeout(launch, delayMs) };
    delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
  };

  const stop = async () => {
    isStopping = true;
    if (state.name === 'waiting') clearTimeout(state.timer);
    if (state.name === 'running') await endProcess(state.child, state.exited, STOP_LIMIT_MS);
    resolveStarted({ failure: 'it was stopped' });
  };

  const restart = (reason: string) => {
    if (isStopping || askedToRestart) return;
    options.onNews(`starting it again: ${reason}`);
    delayMs = FIRST_DELAY_MS;
    if (state.name === 'running') {
      askedToRestart = true;
      void endProcess(state.child, state.exited, STOP_LIMIT_MS);
      return;
    }
    if (state.name === 'waiting') clearTimeout(state.timer);
    launch();
  };

  launch();
  const kill = () => {
    isStopping = true;
    if (state.name === 'running') killGroup(state.child);
  };
  return { started, restart, stop, kill };
}

function spawnService({ file, cwd, environment, onLine }: ServiceProcessOptions): ChildProcess {
  const child = spawn(process.execPath, [...END_WITH_US, file], {
    cwd,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A session of its own: Ctrl-C must not reach it before we have asked it to end.
    detached: process.platform !== 'win32',
  });
  for (const stream of [child.stdout, child.stderr]) void readLines(stream, onLine);
  return child;
}

function describeReady(
  child: ChildProcess,
  startedAt: number,
  { urls, docs }: { urls: readonly string[]; docs?: string },
): ReadyService {
  return { pid: child.pid ?? 0, startedAt, url: urls[0] ?? '', ...(docs === undefined ? {} : { docs }) };
}

function describeExit({ code, signal }: Exit): string {
  return signal === null ? `with exit code ${code}` : `by ${signal}`;
}
