import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseClientMessage } from './client-message.ts';
import { MessageError } from './message-error.ts';

const parse = (message: unknown) => parseClientMessage(JSON.stringify(message));

function refusal(text: string): MessageError {
  try {
    parseClientMessage(text);
  } catch (error) {
    if (error instanceof MessageError) return error;
    throw error;
  }
  throw new Error('It was accepted.');
}

describe('a message of a client', () => {
  test('has a type and data; other keys are ignored', () => {
    expect(parse({ type: 'Ping', data: { timestamp: 5, x: 1 }, timestamp: 9, whatever: [] })).toEqual({
      type: 'Ping',
      timestamp: 5,
    });
    expect(parse({ type: 'Ping' })).toEqual({ type: 'Ping', timestamp: null });
    expect(parse({ type: 'Subscribe', data: { topics: [] } })).toEqual({
      type: 'Subscribe',
      id: null,
      topics: [],
    });
  });

  test('may carry any payload, also null', () => {
    for (const payload of [null, 0, '', [], {}, { a: [null] }])
      expect(parse({ type: 'Broadcast', data: { topic: 'a', payload } })).toMatchObject({
        payload,
        echo: true,
      });
  });

  test.each(['Pong', 'Error', 'Ack', 'Status', 'AuthStatus', 'Notification', 'Presence'])(
    'of the type %s is a sign of life and nothing more',
    (type) => {
      expect(parse({ type, data: 'whatever' })).toEqual({ type: 'ignored' });
    },
  );

  test.each([
    ['no JSON', '{'],
    ['no JSON', ''],
    ['no object', '[]'],
    ['no object', 'null'],
    ['no object', '"Ping"'],
    ['no type', '{}'],
    ['an unknown type', '{"type":"ping"}'],
    ['a type of Object.prototype', '{"type":"constructor"}'],
    ['data that is no object', '{"type":"Subscribe","data":[]}'],
    ['no topics', '{"type":"Subscribe","data":{}}'],
    ['topics that are none', '{"type":"Subscribe","data":{"topics":["a","b c"]}}'],
    ['topics that are numbers', '{"type":"Subscribe","data":{"topics":[1]}}'],
    ['a wildcard to publish on', '{"type":"Broadcast","data":{"topic":"a.*","payload":1}}'],
    ['no payload', '{"type":"Broadcast","data":{"topic":"a"}}'],
    ['no target', '{"type":"DirectMessage","data":{"payload":1}}'],
    ['a timestamp as text', '{"type":"Ping","data":{"timestamp":"5"}}'],
    ['an id that is none', '{"type":"Ping","id":{}}'],
    ['no token', '{"type":"Auth","data":{}}'],
  ])('with %s is refused with 400: %s', (_, text) => {
    const error = refusal(text);
    expect(error).toMatchObject({ code: 400, details: {} });
    expect(error.message).toMatch(/^Invalid message: /);
  });

  test('is told under its own id what is wrong with it', () => {
    expect(refusal('{"type":"Broadcast","id":"mine","data":{}}').details).toEqual({ message_id: 'mine' });
  });

  test('S23: leaves every other object as it was', () => {
    parseClientMessage('{"type":"Ping","__proto__":{"admin":true},"data":{"__proto__":{"admin":true}}}');
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });

  test('S24: whatever it is, it is read or refused', () => {
    const like = fc.record(
      {
        type: fc.oneof(
          fc.constantFrom('Ping', 'Subscribe', 'Broadcast', 'DirectMessage', 'Auth'),
          fc.anything(),
        ),
        data: fc.oneof(
          fc.anything(),
          fc.record({ topics: fc.anything(), topic: fc.anything(), payload: fc.anything() }),
        ),
        id: fc.anything(),
      },
      { requiredKeys: [] },
    );
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      like.map((value) => JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? 0 : part))),
    );
    fc.assert(
      fc.property(text, (message) => {
        try {
          expect(parseClientMessage(message).type).toBeTypeOf('string');
        } catch (error) {
          expect(error).toBeInstanceOf(MessageError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
