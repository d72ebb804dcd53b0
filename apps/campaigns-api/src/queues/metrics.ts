// How many wake-ups wait, and whether the queue is there, in GET /metrics.
import type { JobQueue } from '@trafficflux/job-queue';
import { addGauges, type Metrics } from '@trafficflux/metrics';

export type CountedQueue = Pick<JobQueue<never>, 'counts' | 'ping'>;

/** Adds `job_queue_jobs{state}`, without series while the queue is away, and `job_queue_up{queue}`: 1 or 0. */
export function addQueueMetrics(
  metrics: Pick<Metrics, 'registry'>,
  { name, queue }: { readonly name: string; readonly queue: CountedQueue },
): void {
  addGauges(metrics, {
    name: 'job_queue_jobs',
    help: 'Jobs of the queue, by state.',
    label: 'state',
    read: () =>
      queue.counts().then(
        ({ waiting, active, delayed }) => ({ waiting, active, delayed }),
        () => ({}),
      ),
  });
  addGauges(metrics, {
    name: 'job_queue_up',
    help: 'Whether the queue answers: 1, else 0.',
    label: 'queue',
    read: async () => ({
      [name]: await queue.ping().then(
        () => 1,
        () => 0,
      ),
    }),
  });
}
