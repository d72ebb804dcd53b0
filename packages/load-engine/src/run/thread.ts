/** A load thread's own file: runs its share of the job, and tells the coordinator what it counted. */
import { parentPort, workerData } from 'node:worker_threads';
import { toMessage } from '../errors.ts';
import { loadScenario } from '../scenario/load.ts';
import { createHandOver } from './hand-over.ts';
import { LoadLoop } from './load-loop.ts';
import { type Command, type FromThread, INTERVAL_MS, type ThreadData } from './messages.ts';

const { job, line } = workerData as ThreadData;

try {
  serve(await createLoop());
} catch (error) {
  post({ type: 'refused', message: toMessage(error) });
}

async function createLoop(): Promise<LoadLoop> {
  const files = job.parts.map(({ source }) => (source.kind === 'scenario' ? source.file : null));
  const scenarios = await Promise.all(files.map((file) => (file === null ? null : loadScenario(file))));
  return new LoadLoop(job, scenarios, {
    onExhausted: (part) => post({ type: 'exhausted', part }),
    onText: (text) => post({ type: 'text', text }),
  });
}

function serve(loop: LoadLoop): void {
  countStrayErrors(loop);
  const handOver = createHandOver(line, () => ({
    delta: loop.recorder.takeDelta(),
    activeUsers: loop.activeUsers,
  }));
  parentPort?.on('message', (command: Command) => {
    loop.obey(command);
    if (command.type === 'start') report(loop, handOver);
  });
  post({ type: 'ready' });
}

/** What was counted, until the last user has ended. */
function report(loop: LoadLoop, handOver: () => void): void {
  const timer = setInterval(() => {
    loop.look();
    handOver();
  }, INTERVAL_MS);
  void loop.ended.then(() => {
    clearInterval(timer);
    handOver();
    post({ type: 'ended', health: loop.health() });
    parentPort?.close();
  });
}

/** Errors that scenario code lets slip past its tasks are counted; they must not end the thread. */
function countStrayErrors(loop: LoadLoop): void {
  const count = (thrown: unknown): void =>
    loop.recorder.recordException('(outside of a task)', toMessage(thrown));
  process.on('uncaughtException', count);
  process.on('unhandledRejection', count);
}

function post(message: FromThread): void {
  parentPort?.postMessage(message);
}
