/** `session.ended` of sessions that their runner left behind, told by whoever recorded their end. */
import type { Logger } from '@trafficflux/service-kit';
import type { EventPublisher } from './event-publisher.ts';
import type { AbandonedSession } from './session-store.ts';

export interface AbandonedEventsOptions {
  readonly publisher: Pick<EventPublisher, 'publish'>;
  /** `user_` and the account's id, by the username; null where there is no such account any more. */
  readonly findUserId: (username: string) => Promise<string | null>;
  readonly logger: Logger;
}

/** Tells of one after the other, since there may be more than the bus takes at once. Never rejects. */
export async function tellAbandoned(
  sessions: readonly AbandonedSession[],
  { publisher, findUserId, logger }: AbandonedEventsOptions,
): Promise<void> {
  const at = Date.now();
  try {
    for (const [username, ofUser] of Map.groupBy(sessions, ({ userId }) => userId)) {
      const userId = await findUserId(username);
      if (userId === null) continue;
      for (const { id, threadCount } of ofUser) {
        await publisher.publish(userId, {
          type: 'session.ended',
          session_id: id,
          at,
          status: 'failed',
          threads_completed: threadCount,
          total_threads: threadCount,
        });
      }
    }
  } catch (error) {
    logger.warn({ err: error }, 'nobody was told that abandoned sessions have ended');
  }
}
