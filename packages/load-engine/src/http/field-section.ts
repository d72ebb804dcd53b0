// Reads the head of a response, or the trailers of a chunked one, in one pass over bytes (RFC 9112 §4, §5).
// It makes no strings, and goes on where it stopped when the section comes in pieces.
import { COLON, COMMA, CR, isFieldByte, LF, SPACE, TAB, TOKEN_BYTES } from './syntax.ts';

/** The section goes on in bytes that have not come yet. */
export const NEED_MORE = -1;
/** The section breaks the grammar; `problem` says how. */
export const MALFORMED = -2;

const ZERO = 0x30;
const NINE = 0x39;
/** `HTTP/1.1 200` */
const STATUS_LINE_BYTES = 12;

export class FieldSection {
  /** 0 before a status line was read, and in trailers. */
  status = 0;
  minorVersion = 1;
  /** -1 if none was announced. */
  contentLength = -1;
  hasTransferEncoding = false;
  /** `chunked` is the last transfer coding, so that the body ends by itself. */
  isChunked = false;
  saysClose = false;
  saysKeepAlive = false;
  /** Where the status line begins, behind any empty lines before it. */
  headAt = 0;
  problem = '';

  private isTrailers = false;
  private sawField = false;
  private lineAt = 0;
  /** Of the line that begins at `lineAt`: 0 while its name is not complete. */
  private colonAt = 0;
  private scannedTo = 0;

  begin(isTrailers: boolean): void {
    this.status = 0;
    this.minorVersion = 1;
    this.contentLength = -1;
    this.hasTransferEncoding = false;
    this.isChunked = false;
    this.saysClose = false;
    this.saysKeepAlive = false;
    this.headAt = 0;
    this.isTrailers = isTrailers;
    this.sawField = isTrailers;
    this.lineAt = 0;
    this.colonAt = 0;
    this.scannedTo = 0;
  }

  /**
   * Reads from `bytes`, whose section began at `start`, up to `end`. Returns where the section ends, behind its
   * empty line, or `NEED_MORE` or `MALFORMED`. To go on, give the whole section again with more bytes behind.
   */
  read(bytes: Uint8Array, start: number, end: number): number {
    let at = start + this.lineAt;
    if (this.status === 0 && !this.isTrailers) {
      at = this.readStatusLine(bytes, start, at, end);
      if (at < 0) return at;
    }
    for (;;) {
      this.lineAt = at - start;
      if (at >= end) return NEED_MORE;
      if (bytes[at] === CR) {
        if (at + 1 >= end) return NEED_MORE;
        return bytes[at + 1] === LF ? at + 2 : this.fail('a carriage return without a line feed');
      }
      at = this.readField(bytes, start, at, end);
      if (at < 0) return at;
      this.colonAt = 0;
    }
  }

  private readStatusLine(bytes: Uint8Array, start: number, from: number, end: number): number {
    let at = from;
    // RFC 9112 §2.2: an empty line before a message does no harm.
    while (at + 1 < end && bytes[at] === CR && bytes[at + 1] === LF) at += 2;
    this.lineAt = at - start;
    this.headAt = at - start;
    if (end - at < STATUS_LINE_BYTES + 2) {
      return isPrefixOfVersion(bytes, at, end) ? NEED_MORE : this.fail('no HTTP/1 status line');
    }
    const status = statusAt(bytes, at);
    if (status === 0) return this.fail('no HTTP/1 status line');
    const after = bytes[at + STATUS_LINE_BYTES];
    if (after !== SPACE && after !== CR) return this.fail('a status of more than three digits');
    let lineEnd = Math.max(at + STATUS_LINE_BYTES, start + this.scannedTo);
    while (lineEnd < end && isFieldByte(bytes[lineEnd] as number)) lineEnd++;
    this.scannedTo = lineEnd - start;
    if (lineEnd + 1 >= end) return NEED_MORE;
    if (bytes[lineEnd] !== CR || bytes[lineEnd + 1] !== LF)
      return this.fail('a control character in the status line');
    this.status = status;
    this.minorVersion = (bytes[at + 7] as number) - ZERO;
    return lineEnd + 2;
  }

  /** A field's line ends at a line break that no white space follows: such a line would go on (obs-fold). */
  private readField(bytes: Uint8Array, start: number, lineAt: number, end: number): number {
    let at = lineAt;
    if (this.colonAt === 0) {
      while (at < end && TOKEN_BYTES[bytes[at] as number] === 1) at++;
      if (at >= end) return NEED_MORE;
      if (bytes[at] !== COLON || at === lineAt)
        return this.fail(this.nameProblem(bytes[at] as number, at === lineAt));
      this.colonAt = at - start;
      at++;
    } else {
      at = start + this.scannedTo;
    }
    for (;;) {
      while (at < end && isFieldByte(bytes[at] as number)) at++;
      this.scannedTo = at - start;
      if (at + 2 >= end) return NEED_MORE;
      if (bytes[at] !== CR || bytes[at + 1] !== LF) return this.fail('a control character in a header');
      const next = bytes[at + 2];
      if (next !== SPACE && next !== TAB) break;
      at += 2;
    }
    this.sawField = true;
    const isSound = this.isTrailers || this.take(bytes, lineAt, start + this.colonAt, at);
    return isSound ? at + 2 : MALFORMED;
  }

  private nameProblem(byte: number, isFirst: boolean): string {
    if (isFirst && (byte === SPACE || byte === TAB) && !this.sawField)
      return 'a folded line before any header';
    return isFirst ? 'a header without a name' : 'a header line without a colon behind its name';
  }

  /** Looks at the few fields that decide where the body ends; all others are passed over. */
  private take(bytes: Uint8Array, nameAt: number, colonAt: number, valueEnd: number): boolean {
    switch (colonAt - nameAt) {
      case 10:
        if (isName(bytes, nameAt, CONNECTION)) this.takeConnection(bytes, colonAt + 1, valueEnd);
        return true;
      case 14:
        return isName(bytes, nameAt, CONTENT_LENGTH)
          ? this.takeContentLength(bytes, colonAt + 1, valueEnd)
          : true;
      case 17:
        return isName(bytes, nameAt, TRANSFER_ENCODING)
          ? this.takeTransferEncoding(bytes, colonAt + 1, valueEnd)
          : true;
      default:
        return true;
    }
  }

  /** RFC 9112 §6.3: a list of equal lengths stands for that length; anything else is no length at all. */
  private takeContentLength(bytes: Uint8Array, valueAt: number, valueEnd: number): boolean {
    let at = valueAt;
    for (;;) {
      at = skipBlanks(bytes, at, valueEnd);
      const firstDigit = at;
      let length = 0;
      for (; at < valueEnd && isDigit(bytes[at] as number); at++)
        length = length * 10 + (bytes[at] as number) - ZERO;
      if (at === firstDigit || length > Number.MAX_SAFE_INTEGER)
        return this.reject('an invalid Content-Length');
      if (this.contentLength !== -1 && this.contentLength !== length)
        return this.reject('conflicting Content-Lengths');
      this.contentLength = length;
      at = skipBlanks(bytes, at, valueEnd);
      if (at === valueEnd) return true;
      if (bytes[at] !== COMMA) return this.reject('an invalid Content-Length');
      at++;
    }
  }

  private takeTransferEncoding(bytes: Uint8Array, valueAt: number, valueEnd: number): boolean {
    for (let at = memberAt(bytes, valueAt, valueEnd); at < valueEnd; ) {
      const end = memberEnd(bytes, at, valueEnd);
      if (this.isChunked) return this.reject('a transfer coding behind chunked');
      this.hasTransferEncoding = true;
      this.isChunked = isMember(bytes, at, end, CHUNKED);
      at = memberAt(bytes, end, valueEnd);
    }
    return true;
  }

  private takeConnection(bytes: Uint8Array, valueAt: number, valueEnd: number): void {
    for (let at = memberAt(bytes, valueAt, valueEnd); at < valueEnd; ) {
      const end = memberEnd(bytes, at, valueEnd);
      if (isMember(bytes, at, end, CLOSE)) this.saysClose = true;
      if (isMember(bytes, at, end, KEEP_ALIVE)) this.saysKeepAlive = true;
      at = memberAt(bytes, end, valueEnd);
    }
  }

  private reject(problem: string): false {
    this.problem = problem;
    return false;
  }

  private fail(problem: string): number {
    this.problem = problem;
    return MALFORMED;
  }
}

const CONNECTION = Buffer.from('connection');
const CONTENT_LENGTH = Buffer.from('content-length');
const TRANSFER_ENCODING = Buffer.from('transfer-encoding');
const CLOSE = Buffer.from('close');
const KEEP_ALIVE = Buffer.from('keep-alive');
const CHUNKED = Buffer.from('chunked');
const VERSION = Buffer.from('HTTP/1.');

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

function skipBlanks(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
  return at;
}

function isName(bytes: Uint8Array, at: number, name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) {
    // Setting bit 5 makes a letter small, and no other token byte becomes a letter or a hyphen by it.
    if (((bytes[at + i] as number) | 0x20) !== name[i]) return false;
  }
  return true;
}

function isPrefixOfVersion(bytes: Uint8Array, at: number, end: number): boolean {
  if (at < end && bytes[at] === CR) return end - at === 1;
  for (let i = 0; i < VERSION.length && at + i < end; i++) {
    if (bytes[at + i] !== VERSION[i]) return false;
  }
  return true;
}

/** The status of a line `HTTP/1.x NNN`, or 0 if it is none. */
function statusAt(bytes: Uint8Array, at: number): number {
  for (let i = 0; i < VERSION.length; i++) {
    if (bytes[at + i] !== VERSION[i]) return 0;
  }
  if (!isDigit(bytes[at + 7] as number) || bytes[at + 8] !== SPACE) return 0;
  const hundreds = (bytes[at + 9] as number) - ZERO;
  const tens = (bytes[at + 10] as number) - ZERO;
  const ones = (bytes[at + 11] as number) - ZERO;
  if (hundreds < 1 || hundreds > 9 || tens < 0 || tens > 9 || ones < 0 || ones > 9) return 0;
  return hundreds * 100 + tens * 10 + ones;
}

/** Where the next member of a list begins; a folded line may lie between two of them. */
function memberAt(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && (bytes[at] === COMMA || (bytes[at] as number) <= SPACE)) at++;
  return at;
}

function memberEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] !== COMMA && (bytes[at] as number) > SPACE) at++;
  return at;
}

function isMember(bytes: Uint8Array, at: number, end: number, name: Uint8Array): boolean {
  return end - at === name.length && isName(bytes, at, name);
}
