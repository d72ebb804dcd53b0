// What one send came to. One object per connection, filled anew for every exchange.
import type { FailureCode } from './failures.ts';
import { readHeader, readHeaderLines } from './header-text.ts';
import type { ResponseParser } from './response-parser.ts';

/**
 * Times are milliseconds of the monotonic clock (`performance.now()`), which no change of the system's time moves.
 * Copy what must outlast `onExchange`: the next `send` of the same connection overwrites it.
 */
export class Exchange {
  /** The status of a whole response; 0 when none came. */
  status = 0;
  errorCode: FailureCode = '';
  /** A sentence that is equal for equal failures, so that they can be counted together. */
  errorMessage = '';
  startedAt = 0;
  /** `startedAt` on a reused connection; 0 if no connection came about. */
  connectedAt = 0;
  /** 0 if no byte came. */
  firstByteAt = 0;
  endedAt = 0;
  /** All bytes handed to the connection, repeated requests included. */
  bytesSent = 0;
  /** All bytes of the responses, interim ones included. */
  bytesReceived = 0;
  /** Bytes of the body, without the framing of chunks. */
  bodyBytes = 0;
  /** Whether the response came on a connection that had carried an exchange before. */
  reused = false;
  /** How long the request waited for its turn before `startedAt`, where connections are limited. */
  waitedMs = 0;
  /** How often the request was repeated: after a stale connection, or a 417 to its `Expect`. */
  retries = 0;

  private readonly parser: ResponseParser;

  constructor(parser: ResponseParser) {
    this.parser = parser;
  }

  /** The value of a header, several of one name joined by ", " (RFC 9110 §5.2). Needs `KEEP_HEADERS`. */
  header(name: string): string | undefined {
    return readHeader(this.headText(), name);
  }

  /** Every header line in its order, names as the server spelt them. Needs `KEEP_HEADERS`. */
  headerLines(): [name: string, value: string][] {
    return readHeaderLines(this.headText());
  }

  /** The body as UTF-8, up to the target's `maxKeptBodyBytes`. Needs `KEEP_BODY`. */
  bodyText(): string {
    const { bytes, length } = this.parser.keptBody;
    return bytes.toString('utf8', 0, length);
  }

  /** A copy of the body, up to the target's `maxKeptBodyBytes`. Needs `KEEP_BODY`. */
  bodyBuffer(): Buffer {
    const { bytes, length } = this.parser.keptBody;
    return Buffer.from(bytes.subarray(0, length));
  }

  /** The head as it came, for `readHeader` at a later time. Needs `KEEP_HEADERS`. */
  headText(): string {
    const { bytes, length } = this.parser.keptHead;
    return bytes.toString('latin1', 0, length);
  }
}
