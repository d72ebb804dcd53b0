// Takes a job, says which, and never finishes it.
import { createJobQueue } from '../src/index.ts';

const options = JSON.parse(process.argv[2] ?? '{}');
const queue = createJobQueue({ name: 'outage', ...options });
queue.consume(({ id }) => {
  process.send?.(id);
  return new Promise(() => {});
});
// Whoever started it is gone.
process.on('disconnect', () => process.exit());
