// A bus that closes with the test.
import { createEventBus, type EventBus, type EventBusOptions } from '../src/index.ts';

export function openBus(options: Partial<EventBusOptions>): EventBus & AsyncDisposable {
  const bus = createEventBus({ name: 'test', ...options });
  return { ...bus, [Symbol.asyncDispose]: bus.close };
}
