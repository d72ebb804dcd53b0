/**
 * Stops of sessions that another runner plays: it is asked over the bus, and answers by what it records in the store,
 * which is watched here.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { BusSubscription, EventBus } from '@trafficflux/event-bus';
import { keepTrying, type Logger } from '@trafficflux/service-kit';
import { STOP_TOPICS, toStopTopic } from './automation-events.ts';
import type { ActiveSession, SessionStore } from './session-store.ts';

export interface StopRequestsOptions {
  readonly bus: Pick<EventBus, 'publish' | 'subscribe'>;
  readonly store: Pick<SessionStore, 'listActive'>;
  readonly logger: Logger;
  /** Called for each session that another runner was asked to stop, on the topic of its user. */
  readonly onRequest: (sessionId: string, topic: string) => void;
  /** How long the other runner has, in milliseconds. */
  readonly limitMs?: number;
}

interface User {
  readonly username: string;
  /** `user_` and the account's id. */
  readonly userId: string;
}

const LIMIT_MS = 2000;
const LOOK_MS = 50;

export class StopRequests {
  readonly #options: StopRequestsOptions;
  readonly #listening: ReturnType<typeof keepTrying>;
  #subscription: BusSubscription | undefined;
  #isClosed = false;

  /** Begins to listen, as soon as the bus is there. */
  constructor(options: StopRequestsOptions) {
    this.#options = options;
    this.#listening = keepTrying(
      () => this.#subscribe(),
      (error) => options.logger.warn({ err: error }, 'other runners cannot ask for stops yet'),
    );
  }

  /** Asks whoever plays the sessions of a user to stop them; returns those that are started all the same. */
  async ask(user: User, ids: readonly string[]): Promise<readonly ActiveSession[]> {
    const { bus, store, logger, limitMs = LIMIT_MS } = this.#options;
    bus.publish(toStopTopic(user.userId), { session_ids: ids }).catch((error: unknown) => {
      logger.warn({ err: error }, 'another runner could not be asked to stop sessions');
    });
    const deadline = performance.now() + limitMs;
    for (;;) {
      const left = (await store.listActive(user.username)).filter(({ id }) => ids.includes(id));
      if (left.length === 0 || performance.now() >= deadline) return left;
      await wait(LOOK_MS);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#listening.stop();
    void this.#subscription?.close();
  }

  async #subscribe(): Promise<void> {
    const subscription = await this.#options.bus.subscribe(STOP_TOPICS, {
      onEvent: ({ topic, data }) => {
        for (const id of readIds(data)) this.#options.onRequest(id, topic);
      },
    });
    if (this.#isClosed) await subscription.close();
    else this.#subscription = subscription;
  }
}

function readIds(data: unknown): string[] {
  const { session_ids: ids } = (data ?? {}) as { session_ids?: unknown };
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
}
