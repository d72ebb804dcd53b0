/** Wake-ups from the queue: each says that a run began, or goes on, and that somebody should look. */
import type { WakeUp } from '@trafficflux/campaigns';
import type { JobQueue } from '@trafficflux/job-queue';
import type { Logger } from '@trafficflux/service-kit';
import type { Claims } from './claims.ts';

const CLAIMS_AT_ONCE = 10;

export interface WakeUps {
  /** Takes no further wake-ups while there is no room for runs, and takes some again when there is. */
  adjust(): void;
  close(): Promise<void>;
}

export function listenForWakeUps(queue: JobQueue<WakeUp>, claims: Claims, logger: Logger): WakeUps {
  let isPaused = false;
  const consumer = queue.consume(
    async ({ id, data: { campaignId } }) => {
      if (typeof campaignId !== 'string') {
        logger.error({ job: id }, 'a job names no campaign');
        return;
      }
      // What fails, or finds no room, the reconciler of some worker takes up: the job has said all that it knows.
      await claims.claim(campaignId);
      adjust();
    },
    { concurrency: CLAIMS_AT_ONCE },
  );

  function adjust(): void {
    if (claims.hasRoom && isPaused) {
      isPaused = false;
      consumer.resume();
    } else if (!claims.hasRoom && !isPaused) {
      isPaused = true;
      consumer.pause().catch((error) => logger.warn({ err: error }, 'the consumer could not be paused'));
    }
  }

  return { adjust, close: () => consumer.close() };
}
