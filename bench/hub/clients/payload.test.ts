import { describe, expect, it } from 'vitest';
import { dialects, SERVERS } from './dialects.ts';
import { findSentAtUs, readClockUs, toPayload } from './payload.ts';

describe('a message of the benchmark', () => {
  it('tells when it was sent, in every language', () => {
    const atUs = readClockUs();
    for (const server of SERVERS) {
      const text = dialects[server].toPublication('bench.topic', toPayload(atUs));
      expect(findSentAtUs(text)).toBe(atUs);
    }
  });

  it('is not any other message', () => {
    expect(findSentAtUs('{"type":"Ack","data":{"status":"delivered"}}')).toBeNull();
  });
});
