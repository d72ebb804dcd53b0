/** Events onto the bus, which never slow a journey: what a bus does not take in time is dropped and counted. */
import type { EventBus } from '@trafficflux/event-bus';
import type { Logger } from '@trafficflux/service-kit';
import { type AutomationEvent, toAutomationTopic } from './automation-events.ts';

export interface EventPublisher {
  /** Settles when the bus has taken the event or it was dropped; it never rejects. */
  publish(userId: string, event: AutomationEvent): Promise<void>;
  /** Since the start. */
  readonly dropped: number;
}

const MAX_ON_THEIR_WAY = 1000;

export function createEventPublisher(bus: Pick<EventBus, 'publish'>, logger: Logger): EventPublisher {
  let [onTheirWay, dropped] = [0, 0];
  let droppedBefore: number | undefined;

  function drop(error?: unknown): void {
    if (droppedBefore === undefined)
      logger.warn({ err: error }, 'events are dropped: the bus is away or slow');
    droppedBefore ??= dropped;
    dropped++;
  }

  function deliver(): void {
    if (droppedBefore === undefined) return;
    logger.info({ droppedEvents: dropped - droppedBefore }, 'the bus takes events again');
    droppedBefore = undefined;
  }

  return {
    async publish(userId, event) {
      if (onTheirWay >= MAX_ON_THEIR_WAY) return drop();
      onTheirWay++;
      await bus.publish(toAutomationTopic(userId), { ...event }).then(deliver, drop);
      onTheirWay--;
    },
    get dropped() {
      return dropped;
    },
  };
}
