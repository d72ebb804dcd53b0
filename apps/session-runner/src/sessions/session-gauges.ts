/** What Prometheus reads of sessions and journeys. */
import { addCounter, addGauge, type Metrics } from '@trafficflux/metrics';
import type { JourneyPool } from '../journeys/journey.ts';
import type { EventPublisher } from './event-publisher.ts';
import type { SessionCounts } from './sessions.ts';
import type { StoreWriter } from './store-writer.ts';

export interface GaugeSources {
  readonly counts: () => SessionCounts;
  readonly pool: JourneyPool;
  readonly writer: StoreWriter;
  readonly publisher: EventPublisher;
}

export function addSessionGauges(metrics: Metrics, { counts, pool, writer, publisher }: GaugeSources): void {
  const gauge = (name: string, help: string, read: () => number) => addGauge(metrics, { name, help, read });
  const counter = (name: string, help: string, read: () => number) =>
    addCounter(metrics, { name, help, read });

  gauge('session_runner_pool_threads', 'Threads that the pool may have.', () => pool.counts.threads);
  gauge('session_runner_running_journeys', 'Journeys that a thread plays now.', () => pool.counts.running);
  gauge('session_runner_waiting_journeys', 'Journeys in the line for a thread.', () => pool.counts.waiting);
  gauge(
    'session_runner_active_sessions',
    'Sessions that have not ended, of all users.',
    () => counts().activeSessions,
  );
  gauge('session_runner_store_writes_waiting', 'Records on their way into the store.', () => writer.waiting);
  counter(
    'session_runner_dropped_steps_total',
    'Steps that are recorded nowhere, since the store was away for too long.',
    () => writer.droppedSteps,
  );
  counter(
    'session_runner_dropped_events_total',
    'Events that the bus did not take.',
    () => publisher.dropped,
  );
}
