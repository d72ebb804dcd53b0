/** One journey on one thread, as the main thread sees it: its steps, its stop, and an end whatever happens there. */
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import type { JourneyEnd, JourneyListener, JourneyOrder } from '../journey.ts';
import type { JourneyConfig } from '../journey-config.ts';
import type { ThreadMessage, ThreadTask } from '../thread/thread-messages.ts';

/** A journey that was told to stop has this long to end by itself; then its thread is ended, all within a second. */
const STOP_GRACE_MS = 700;
/** The thread keeps the time limit itself; this is for one that hangs in a computation. */
const TIME_LIMIT_GRACE_MS = 1_000;

export interface PlayedJourney {
  /** A thread has it. */
  readonly isStarted: boolean;
  /** Its thread is being ended, or is gone. */
  readonly isEnding: boolean;
  /** Never rejects; by then the thread is free for another one, or gone. */
  readonly ended: Promise<JourneyEnd>;
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
  const controller = new AbortController();
  const timers = new Set<NodeJS.Timeout>();
  /** What the journey ends with if it is not the thread that says so. */
  let verdict: JourneyEnd | null = null;
  let threadGone: Promise<void> | null = null;
  let isStarted = false;

  const after = (delayMs: number, action: () => void) => timers.add(setTimeout(action, delayMs));
  const endThread = () => {
    threadGone ??= threads.endThread(controller);
  };
  const fail = (reason: string) => {
    verdict ??= { status: 'failed', reason };
    endThread();
  };
  const stop = () => {
    if (verdict !== null) return;
    verdict = { status: 'stopped' };
    port.postMessage('stop');
    after(STOP_GRACE_MS, endThread);
  };
  const receive = (message: ThreadMessage) => {
    try {
      if (message.type === 'step') listener.onStep(message.step);
      else start();
    } catch (error) {
      threads.onError(error);
    }
  };
  const start = () => {
    isStarted = true;
    const { timeLimitMs } = threads.config;
    after(timeLimitMs + TIME_LIMIT_GRACE_MS, () =>
      fail(`It did not end within its time limit of ${timeLimitMs} ms, so its thread was ended.`),
    );
    listener.onStart();
  };
  const play = async (): Promise<JourneyEnd> => {
    const end = await threads
      .run({ task: { order, port: port2 }, signal: controller.signal })
      .catch((error: unknown) => verdict ?? toFailure(error, threads));
    // The answer of a thread may overtake its steps, which come through another port: take those first.
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
      receive(next.message);
    port.close();
    for (const timer of timers) clearTimeout(timer);
    await threadGone;
    return end;
  };

  port.on('message', receive);
  const ended = play();
  return {
    ended,
    stop,
    fail,
    get isStarted() {
      return isStarted;
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
