import { expect, it } from 'vitest';
import { createEventBus } from './create-event-bus.ts';

it('refuses a URL that it cannot read, without repeating it', () => {
  for (const urls of [
    { redisUrl: 'http://:s3cret@x' },
    { redisUrl: 'redis://' },
    { databaseUrl: 'mysql://s3cret' },
  ]) {
    expect(() => createEventBus({ name: 'test', ...urls })).toThrow(TypeError);
    expect(() => createEventBus({ name: 'test', ...urls })).not.toThrow(/s3cret/);
  }
});

it('refuses to stand on nothing', () => {
  expect(() => createEventBus({ name: 'test', redisUrl: null, databaseUrl: '' })).toThrow(
    'The event bus needs the URL of a Redis or of a PostgreSQL database.',
  );
});
