/** One journey on one thread, as the main thread sees it: its steps, its stop, and an end whatever happens there. */
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import type { JourneyEnd, JourneyListener, JourneyOrder } from '../journey.ts';
import type { JourneyConfig } from '../journey-config.ts';
import type { ThreadMessage, ThreadTask } from '../thread/thread-messages.ts';

/** A journey that was told to stop has this long to end by itself; then its thread is ended, all within a second. */
const STOP_GRACE_MS = 700;
/** A thread that is only starting is not to blame for that: it hears of the stop when it has, unless it never does. */
const START_GRACE_MS = 10_000;
/** The thread keeps the time limit itself; this is for one that hangs in a computation. */
const TIME_LIMIT_GRACE_MS = 1_000;

export interface PlayedJourney {
  /** A thread plays it. */
  readonly isRunning: boolean;
  /** No thread plays it yet. */
  readonly isWaiting: boolean;
  /** Its thread is being ended, or is gone. */
  readonly isEnding: boolean;
  /** Never rejects. Its listener is told nothing after it. */
  readonly ended: Promise<JourneyEnd>;
  /** The thread is free for another one, or gone: at the end, or a little later where it did not end by itself. */
  readonly freed: Promise<void>;
  stop(): void;
  /** Ends it, and the thread with it, for this reason. */
  fail(reason: string): void;
}

export interface ThreadCall {
  readonly task: ThreadTask;
  readonly signal: AbortSignal;
}

export interface ThreadSide {
  readonly config: Pick<JourneyConfig, 'timeLimitMs'>;
  run(call: ThreadCall): Promise<JourneyEnd>;
  endThread(controller: AbortController): Promise<void>;
  onError(error: unknown): void;
}

export function playOnThread(
  order: JourneyOrder,
  listener: JourneyListener,
  threads: ThreadSide,
): PlayedJourney {
  const { port1: port, port2 } = new MessageChannel();
  const { promise: ended, resolve: resolveEnd } = Promise.withResolvers<JourneyEnd>();
  const controller = new AbortController();
  const timers = new Set<NodeJS.Timeout>();
  /** What the journey ends with if it is not the thread that says so. */
  let verdict: JourneyEnd | null = null;
  let threadGone: Promise<void> | null = null;
  let phase: 'waiting' | 'running' | 'over' = 'waiting';

  const after = (delayMs: number, action: () => void) => timers.add(setTimeout(action, delayMs));
  const end = (how: JourneyEnd) => {
    phase = 'over';
    resolveEnd(how);
  };
  /** Nobody waits for a thread that takes its time to go. */
  const endThread = (how: JourneyEnd) => {
    threadGone ??= threads.endThread(controller);
    end(how);
  };
  const fail = (reason: string) => {
    verdict ??= { status: 'failed', reason };
    endThread(verdict);
  };
  const stop = () => {
    if (verdict !== null) return;
    const stopped = { status: 'stopped' } as const;
    verdict = stopped;
    port.postMessage('stop');
    const graceMs = phase === 'waiting' ? START_GRACE_MS : STOP_GRACE_MS;
    if (phase === 'waiting') end(stopped);
    after(graceMs, () => endThread(stopped));
  };
  const receive = (message: ThreadMessage) => {
    if (phase === 'over') return;
    try {
      if (message.type === 'step') listener.onStep(message.step);
      else start();
    } catch (error) {
      threads.onError(error);
    }
  };
  const start = () => {
    phase = 'running';
    const { timeLimitMs } = threads.config;
    after(timeLimitMs + TIME_LIMIT_GRACE_MS, () =>
      fail(`It did not end within its time limit of ${timeLimitMs} ms, so its thread was ended.`),
    );
    listener.onStart();
  };
  const play = async (): Promise<void> => {
    const how = await threads
      .run({ task: { order, port: port2 }, signal: controller.signal })
      .catch((error: unknown) => verdict ?? toFailure(error, threads));
    // The answer of a thread may overtake its steps, which come through another port: take those first.
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
      receive(next.message);
    port.close();
    for (const timer of timers) clearTimeout(timer);
    end(how);
    await threadGone;
  };

  port.on('message', receive);
  const freed = play();
  return {
    ended,
    freed,
    stop,
    fail,
    get isRunning() {
      return phase === 'running';
    },
    get isWaiting() {
      return phase === 'waiting';
    },
    get isEnding() {
      return threadGone !== null;
    },
  };
}

/** The sentence for people; what really happened goes to the log. */
function toFailure(error: unknown, threads: ThreadSide): JourneyEnd {
  threads.onError(error);
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY')
    return { status: 'failed', reason: 'Its thread ran out of memory.' };
  const hasExited = message?.startsWith('worker exited') === true;
  return { status: 'failed', reason: hasExited ? 'Its thread ended before it did.' : 'Its thread failed.' };
}
