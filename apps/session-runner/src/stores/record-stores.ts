// Accounts and sessions, which lie in one store: in MongoDB or in PostgreSQL.
import type { AccountStore } from '@trafficflux/accounts';
import type { ReadinessCheck } from '@trafficflux/service-kit';
import type { SessionStore } from '../sessions/session-store.ts';

export interface RecordStores {
  readonly accounts: AccountStore;
  readonly sessions: SessionStore;
  /** Makes the indexes of MongoDB; an open store does it by itself as soon as MongoDB is there. Rejects while it is away. */
  prepare(): Promise<void>;
  /** Without the bus: journeys are played and recorded without it. */
  readonly readiness: Readonly<Record<string, ReadinessCheck>>;
  close(): Promise<void>;
}

/** As the stores show it in their lists of connections. */
export const NAME = 'session-runner';
