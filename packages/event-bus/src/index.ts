export { createEventBus, type EventBusOptions } from './create-event-bus.ts';
export {
  BusError,
  type BusEvent,
  type BusProblem,
  type BusSubscriber,
  type BusSubscription,
  type EventBus,
  type Json,
} from './event-bus.ts';
export { eventBusMigrations } from './migrations.ts';
