/** A thread file for the tests of the pool: the keyword of the order says what the thread does. */
import type { JourneyEnd, JourneyStep } from '../../src/journeys/journey.ts';
import type { ThreadMessage, ThreadTask } from '../../src/journeys/thread/thread-messages.ts';

const scripts: Readonly<Record<string, (task: ThreadTask) => Promise<JourneyEnd> | JourneyEnd>> = {
  finish: () => ({ status: 'completed' }),
  fail: () => ({ status: 'failed', reason: 'As it was told.' }),
  'wait for stop': ({ port }) =>
    new Promise((resolve) => port.once('message', () => resolve({ status: 'stopped' }))),
  'finish when stopped': ({ port }) =>
    new Promise((resolve) => port.once('message', () => resolve({ status: 'completed' }))),
  'tell 1000 steps': (task) => {
    for (let number = 1; number <= 1_000; number++) tell(task, number);
    return { status: 'completed' };
  },
  block: (task) => {
    tell(task, 1);
    for (;;);
  },
  exit: (task) => {
    tell(task, 1);
    process.exit(3);
  },
  'throw later': () => {
    setImmediate(() => {
      throw new Error('a secret of the thread');
    });
    return new Promise(() => undefined);
  },
  reject: () => Promise.reject(new Error('a secret of the thread')),
  'use up its memory': () => {
    const all: number[][] = [];
    for (;;) all.push(new Array(100_000).fill(1.5));
  },
};

export async function playJourney(task: ThreadTask): Promise<JourneyEnd> {
  send(task, { type: 'started' });
  const script = scripts[task.order.searchKeyword];
  if (script === undefined) throw new Error(`There is no script "${task.order.searchKeyword}".`);
  try {
    return await script(task);
  } finally {
    task.port.close();
  }
}

function tell(task: ThreadTask, number: number): void {
  const step: JourneyStep = {
    number,
    action: 'visit',
    url: null,
    outcome: 'ok',
    status: null,
    startedAtMs: 0,
    durationMs: 0,
    bytes: null,
    matches: null,
    note: null,
  };
  send(task, { type: 'step', step });
}

function send(task: ThreadTask, message: ThreadMessage): void {
  task.port.postMessage(message);
}
