export {
  BusError,
  type BusEvent,
  type BusProblem,
  type BusSubscriber,
  type BusSubscription,
  type EventBus,
  type Json,
} from './event-bus.ts';
