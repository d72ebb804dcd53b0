// Takes a job, says which, and finishes it when it is told to; then it says that it has.
import { once } from 'node:events';
import { createJobQueue } from '../src/index.ts';

const queue = createJobQueue(JSON.parse(process.argv[2] ?? '{}'));
queue.consume(async ({ id }) => {
  process.send?.(id);
  await once(process, 'message');
  process.send?.('finished');
});
// Whoever started it is gone.
process.on('disconnect', () => process.exit());
