// The security facts of every service that only a real connection shows (S27 to S29, S36 to S38).
import { describe, expect, test } from 'vitest';
import { getText, open, readAll } from './raw-http.ts';

export interface WireFactsOptions {
  /** Of a service with HEADERS_TIMEOUT_MS 300 and REQUEST_TIMEOUT_MS 600. */
  readonly port: () => number;
  /** A path that GET answers with 200 and anybody may read. */
  readonly readable: string;
  /** A path that takes JSON by POST without a token. */
  readonly postable: string;
  /** The only key of the body of an error, or all of them. */
  readonly errorKey: string | readonly string[];
  /** Paths of text. */
  readonly texts: readonly string[];
}

/** Which `describe` these belong to is the caller's. */
export function describeWireFacts(options: WireFactsOptions): void {
  const { readable, postable, errorKey, texts } = options;
  const send = async (text: string) => readAll(await open(options.port(), text));
  const close = 'Connection: close\r\n';
  const postHead = `POST ${postable} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`;

  describe('a connection', () => {
    test.each([
      ['half a header', `GET ${readable} HTTP/1.1\r\nHost: x\r\nX-Half`],
      ['half a body', `${postHead}Content-Length: 50\r\n\r\n{"user`],
    ])('S28 that sends %s is cut', async (_, text) => {
      const answer = await send(text);
      if (answer) expect(statusOf(answer)).toBe(408);
    });

    test.each([
      [
        'Content-Length with Transfer-Encoding',
        'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      ],
      ['a doubled Content-Length', 'Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
      ['a bare LF', 'X-A: 1\nX-B: 2\r\n\r\n'],
      ['a header name with a space', 'X A: 1\r\n\r\n'],
    ])('S29 with %s is answered 400 and closed', async (_, headers) => {
      const answer = await send(`POST ${postable} HTTP/1.1\r\nHost: x\r\n${headers}`);
      expect(statusOf(answer)).toBe(400);
      expect(Object.keys(bodyOf(answer))).toEqual([errorKey].flat());
    });

    test('S27 is told 413 before it has sent the body', async () => {
      expect(statusOf(await send(`${postHead}Content-Length: 900000000\r\n\r\n{`))).toBe(413);
    });

    test('S36 gets no header of its own making back', async () => {
      const answer = await send(getText(readable, `X-Request-ID: a%0d%0aSet-Cookie: x=1\r\n${close}`));
      expect(statusOf(answer)).toBe(200);
      expect(answer).not.toMatch(/set-cookie/i);
      expect(answer).not.toMatch(/^server:|x-powered-by/im);
    });

    test('S37 with an unknown method is answered 405 or 400, never more', async () => {
      expect([400, 405]).toContain(
        statusOf(await send(`BREW ${readable} HTTP/1.1\r\nHost: x\r\n${close}\r\n`)),
      );
      const trace = await send(
        `TRACE ${readable} HTTP/1.1\r\nHost: x\r\nX-Secret: tell-nobody\r\n${close}\r\n`,
      );
      expect(statusOf(trace)).toBe(405);
      expect(trace).not.toContain('tell-nobody');
    });

    test('S38 reads the charset of every text', async () => {
      for (const path of texts) {
        expect(await send(getText(path, close))).toMatch(/^content-type: .*charset=utf-8\r$/im);
      }
    });

    test('F49 goes on after a refused request', async () => {
      const body = '{"username":"a\\u0000b","password":"x"}';
      const answers = await send(
        `${postHead}Content-Length: ${body.length}\r\n\r\n${body}${getText(readable, close)}`,
      );
      const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
      expect(statuses[0]).toBeGreaterThanOrEqual(400);
      expect(statuses[0]).toBeLessThan(500);
      expect(statuses[1]).toBe(200);
    });
  });
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
const bodyOf = (answer: string) => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
