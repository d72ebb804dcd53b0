export { createJobQueue } from './create-job-queue.ts';
export {
  type AddOutcome,
  type ConsumeOptions,
  type Job,
  type JobConsumer,
  type JobCounts,
  type JobHandler,
  type JobQueue,
  type JobQueueOptions,
  type Json,
  QueueError,
  type QueueProblem,
} from './job-queue.ts';
export { migrateJobQueue } from './migrate-job-queue.ts';
