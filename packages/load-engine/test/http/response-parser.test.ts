// The parser on bytes alone: however they are cut, and whatever they are.
import { once } from 'node:events';
import { request } from 'node:http';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readHeaderLines } from '../../src/http/header-text.ts';
import { KEEP_BODY, KEEP_HEADERS, ResponseParser } from '../../src/http/response-parser.ts';

const LIMITS = { maxHeaderBytes: 65_536, maxKeptBodyBytes: 1_048_576 };

interface Parsed {
  readonly phase: string;
  readonly status: number;
  readonly isPersistent: boolean;
  readonly bodyBytes: number;
  readonly failureCode: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  /** How many bytes belonged to the response. */
  readonly used: number;
}

/** Parses `bytes`, cut at the given places, each piece in memory of its own that is overwritten afterwards. */
function parse(bytes: Buffer, cuts: readonly number[], parser = new ResponseParser(LIMITS)): Parsed {
  parser.begin(false, KEEP_HEADERS | KEEP_BODY);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  let used = 0;
  for (let index = 1; index < places.length; index++) {
    const piece = Buffer.from(bytes.subarray(places[index - 1], places[index]));
    if (parser.isComplete || parser.hasFailed) break;
    used += parser.read(piece, 0, piece.length);
    piece.fill(0xff);
  }
  if (!parser.isComplete && !parser.hasFailed) parser.readEnd();
  const { phase, status, isPersistent, bodyBytes, failureCode, keptHead, keptBody } = parser;
  return {
    phase,
    status,
    isPersistent,
    bodyBytes,
    failureCode,
    headers: readHeaderLines(keptHead.bytes.toString('latin1', 0, keptHead.length)),
    body: keptBody.bytes.toString('latin1', 0, keptBody.length),
    used,
  };
}

const tokenCharacter = fc.constantFrom(..."abcXYZ019-_.!#$%&'*+^`|~");
const name = fc
  .string({ unit: tokenCharacter, minLength: 1, maxLength: 12 })
  .filter((text) => !/^(content-length|transfer-encoding|connection|trailer|upgrade)$/i.test(text));
const value = fc
  .array(
    fc.string({
      unit: fc
        .integer({ min: 0x21, max: 0xff })
        .filter((code) => code !== 0x7f)
        .map((code) => String.fromCharCode(code)),
      minLength: 1,
      maxLength: 12,
    }),
    { maxLength: 3 },
  )
  .map((words) => words.join(' '));
const blanks = fc.constantFrom('', ' ', '\t', '  ');
const field = fc
  .tuple(name, blanks, value, blanks)
  .map(([n, before, v, after]) => ({ line: `${n}:${before}${v}${after}`, pair: [n, v] as const }));
const body = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const chunk = fc.tuple(fc.constantFrom('', ';a=b', ';c="d;e"'), fc.boolean());

/** A valid response, with what it means. */
const validResponse = fc
  .record({
    interims: fc.array(fc.constantFrom(100, 102, 103), { maxLength: 2 }),
    status: fc.integer({ min: 200, max: 599 }).filter((status) => status !== 204 && status !== 304),
    reason: value,
    fields: fc.array(field, { maxLength: 6 }),
    body,
    framing: fc.constantFrom('length', 'chunked', 'close'),
    cutsOfBody: fc.array(fc.nat(300), { maxLength: 4 }),
    chunks: chunk,
    trailers: fc.array(field, { maxLength: 2 }),
    surplus: fc.constantFrom('', 'HTTP/1.1 200 OK\r\n\r\n', 'x'),
  })
  .map((response) => {
    const { fields, framing } = response;
    const interims = response.interims.map((status) => `HTTP/1.1 ${status} Wait\r\nX: y\r\n\r\n`).join('');
    const framed =
      framing === 'length'
        ? `Content-Length: ${response.body.length}\r\n`
        : framing === 'chunked'
          ? 'transfer-encoding: Chunked\r\n'
          : '';
    const head = `HTTP/1.1 ${response.status} ${response.reason}\r\n${fields.map(({ line }) => `${line}\r\n`).join('')}${framed}\r\n`;
    const wireBody = framing === 'chunked' ? toChunks(response) : response.body;
    const message = `${interims}${head}${wireBody}`;
    const surplus = framing === 'close' ? '' : response.surplus;
    return {
      bytes: Buffer.from(message + surplus, 'latin1'),
      length: message.length,
      status: response.status,
      headers: fields.map(({ pair }) => pair),
      body: response.body,
      isPersistent: framing !== 'close',
    };
  });

function toChunks(response: {
  readonly body: string;
  readonly cutsOfBody: readonly number[];
  readonly chunks: readonly [extension: string, isCapital: boolean];
  readonly trailers: readonly { readonly line: string }[];
}): string {
  const [extension, isCapital] = response.chunks;
  const cuts = [...response.cutsOfBody, response.body.length]
    .map((cut) => Math.min(cut, response.body.length))
    .toSorted((a, b) => a - b);
  let at = 0;
  let text = '';
  for (const cut of cuts) {
    if (cut === at) continue;
    const size = (cut - at).toString(16);
    text += `${isCapital ? size.toUpperCase() : size}${extension}\r\n${response.body.slice(at, cut)}\r\n`;
    at = cut;
  }
  return `${text}0${extension}\r\n${response.trailers.map(({ line }) => `${line}\r\n`).join('')}\r\n`;
}

test('reads any valid response as what it means, wherever it is cut', () => {
  fc.assert(
    fc.property(validResponse, fc.array(fc.nat(2000), { maxLength: 12 }), (response, cuts) => {
      const parsed = parse(response.bytes, cuts);
      expect(parsed).toMatchObject({
        phase: 'complete',
        status: response.status,
        isPersistent: response.isPersistent,
        bodyBytes: response.body.length,
        body: response.body,
        used: response.length,
      });
      const framing = /^(content-length|transfer-encoding)$/i;
      expect(parsed.headers.filter(([name]) => !framing.test(name))).toEqual(response.headers);
    }),
    { numRuns: 500 },
  );
});

test('reads any valid response the same when every byte comes alone', () => {
  fc.assert(
    fc.property(validResponse, ({ bytes }) => {
      const everywhere = Array.from(bytes, (_byte, index) => index);
      expect(parse(bytes, everywhere)).toEqual(parse(bytes, []));
    }),
    { numRuns: 100 },
  );
});

test('reads a response the same whatever its connection has carried before', () => {
  const visits = fc.array(fc.tuple(fc.nat(2), fc.array(fc.nat(400), { maxLength: 2 })), {
    minLength: 2,
    maxLength: 8,
  });
  const anyResponse = fc.oneof(
    validResponse.map(({ bytes }) => bytes),
    fc
      .constantFrom(
        'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
        'HTTP/1.1 100 Continue\r\n\r\n',
        'HTTP/1.1 304 Not Modified\r\n\r\n',
        'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n',
      )
      .map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(fc.array(anyResponse, { minLength: 3, maxLength: 3 }), visits, (responses, order) => {
      const veteran = new ResponseParser(LIMITS);
      for (const [which, cuts] of order) {
        const bytes = responses[which] ?? Buffer.alloc(0);
        expect(parse(bytes, cuts, veteran)).toEqual(parse(bytes, cuts));
      }
    }),
    { numRuns: 300 },
  );
});

test('reads damaged responses the same wherever they are cut, or fails them alike', () => {
  const damage = fc.record({
    at: fc.nat(1000),
    byte: fc.constantFrom(0, 9, 10, 13, 32, 44, 48, 58, 59, 102, 127, 255),
    drop: fc.nat(2),
  });
  fc.assert(
    fc.property(
      validResponse,
      fc.array(damage, { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat(2000), { maxLength: 12 }),
      (response, damages, cuts) => {
        let text = response.bytes.toString('latin1');
        for (const { at, byte, drop } of damages) {
          const place = at % (text.length + 1);
          text = text.slice(0, place) + String.fromCharCode(byte) + text.slice(place + drop);
        }
        const bytes = Buffer.from(text, 'latin1');
        const { used: _used, ...whole } = parse(bytes, []);
        const { used: _usedInPieces, ...pieces } = parse(bytes, cuts);
        if (whole.phase === 'complete') expect(pieces).toEqual(whole);
        else expect(pieces.failureCode).toBe(whole.failureCode);
      },
    ),
    { numRuns: 1000 },
  );
});

test('never crashes and always comes to an end on any bytes', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array)),
    fc
      .uint8Array({ maxLength: 400 })
      .map((array) => Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n'), array])),
    fc
      .uint8Array({ maxLength: 400 })
      .map((array) =>
        Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'), array]),
      ),
  );
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(400), { maxLength: 6 }), (input, cuts) => {
      const parsed = parse(input, cuts);
      expect(['complete', 'failed']).toContain(parsed.phase);
      expect(parsed.used).toBeLessThanOrEqual(input.length);
      expect(parsed.failureCode === '').toBe(parsed.phase === 'complete');
    }),
    { numRuns: 1000 },
  );
});

test("reads valid responses as Node's own parser does", async () => {
  await fc.assert(
    fc.asyncProperty(validResponse, async (response) => {
      const bytes = response.bytes.subarray(0, response.length);
      const theirs = await parseByNode(bytes);
      const ours = parse(bytes, []);
      expect({ status: ours.status, headers: ours.headers.flat(), body: ours.body }).toEqual(theirs);
    }),
    { numRuns: 200 },
  );
});

/** Feeds the bytes to Node's HTTP client as if a server had sent them. */
async function parseByNode(bytes: Buffer) {
  const wire = new Duplex({
    read() {},
    write(_chunk, _encoding, callback) {
      callback();
      wire.push(bytes);
      wire.push(null);
    },
  });
  const outgoing = request({ createConnection: () => wire, headers: { Connection: 'close' } }).end();
  const [incoming] = await once(outgoing, 'response');
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part);
  return {
    status: incoming.statusCode as number,
    headers: incoming.rawHeaders as string[],
    body: Buffer.concat(parts).toString('latin1'),
  };
}

test('tells a 100 Continue from other interim responses', () => {
  const parser = new ResponseParser(LIMITS);
  const read = (text: string) => parser.read(Buffer.from(text), 0, text.length);
  parser.begin(false, 0);
  read('HTTP/1.1 103 Early Hints\r\n\r\n');
  expect(parser.sawContinue).toBe(false);
  read('HTTP/1.1 100 Continue\r\n\r\n');
  expect(parser.sawContinue).toBe(true);
  expect(parser.isComplete).toBe(false);
});

test.each([
  ['headers', 'HTTP/1.1 200 OK\r\n', 'A: b\r\n'],
  ['folded lines', 'HTTP/1.1 200 OK\r\nA: b\r\n', ' c\r\n'],
  ['a header name', 'HTTP/1.1 200 OK\r\n', 'x'],
  ['a header value', 'HTTP/1.1 200 OK\r\nA: ', 'x'],
  ['a reason', 'HTTP/1.1 200 ', 'x'],
  ['empty lines', '', '\r\n'],
  ['interim responses', '', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
  ['trailers', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n', 'A: b\r\n'],
])('ends endless %s at the limit, whole or cut', (_what, start, endless) => {
  for (const cut of [0, 1]) {
    const parser = new ResponseParser({ ...LIMITS, maxHeaderBytes: 5_000 });
    const read = (text: string) => parser.read(Buffer.from(text, 'latin1'), 0, text.length);
    parser.begin(false, 0);
    if (start !== '') read(start);
    let sent = start.length;
    for (; sent < 6_000 && !parser.hasFailed; sent += endless.length) {
      read(endless.slice(0, endless.length - cut));
      if (cut > 0) read(endless.slice(-cut));
    }
    expect(parser.failureCode).toBe('headers-too-large');
    expect(sent).toBeGreaterThan(5_000);
  }
});
