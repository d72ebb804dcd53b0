// What services tell on the bus, brought to whoever is subscribed to the topic of the same name.
import type { BusSubscription, EventBus, Json } from '@trafficflux/event-bus';
import { keepTrying, type Logger } from '@trafficflux/service-kit';

export interface ServiceEventsOptions {
  readonly bus: Pick<EventBus, 'subscribe'>;
  readonly publish: (topic: string, data: Json) => void;
  readonly logger: Logger;
}

/** Topics of services; what else goes over the bus is between them. */
const PATTERNS = ['campaigns.*', 'runs.**', 'users.*.automation'];

/** Listens until `stop`, also where the bus comes only later; what it carries meanwhile is lost (at most once). */
export function forwardServiceEvents(options: ServiceEventsOptions): { stop(): Promise<void> } {
  const { bus, publish, logger } = options;
  const subscriptions: BusSubscription[] = [];
  const listening = keepTrying(
    async () => {
      for (const pattern of PATTERNS.slice(subscriptions.length)) {
        const subscription = await bus.subscribe(pattern, {
          onEvent: ({ topic, data }) => publish(topic, data),
          onGap: () => logger.warn({ pattern }, 'events of services may have been missed'),
        });
        subscriptions.push(subscription);
      }
    },
    (error) => logger.warn({ err: error }, 'the event bus cannot be reached yet'),
  );
  return {
    async stop() {
      listening.stop();
      await listening.done;
      await Promise.all(subscriptions.map((subscription) => subscription.close()));
    },
  };
}
