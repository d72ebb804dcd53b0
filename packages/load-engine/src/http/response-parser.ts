// Parses the responses to one request: interim ones, the final head, and a body by whichever of the framings of
// RFC 9112 §6.3 applies. Works on whatever pieces arrive; a whole response in one piece is never copied.
import { ByteStore } from './byte-store.ts';
import { ChunkedBody } from './chunked-body.ts';
import type { FailureCode } from './failures.ts';
import { FieldSection, MALFORMED, NEED_MORE } from './field-section.ts';

/** Bits for `send`: what of the response will be looked at. What nobody looks at is only counted. */
export const KEEP_NOTHING = 0;
export const KEEP_HEADERS = 1;
export const KEEP_BODY = 2;

export interface ParserLimits {
  readonly maxHeaderBytes: number;
  readonly maxKeptBodyBytes: number;
}

/** A longer head than this is not remembered: it would cost more memory than it saves time. */
const MAX_REMEMBERED_BYTES = 1_024;

type Phase = 'head' | 'length' | 'chunked' | 'trailers' | 'until-close' | 'complete' | 'failed';

export class ResponseParser {
  phase: Phase = 'head';
  status = 0;
  bodyBytes = 0;
  /** Whether a `100 Continue` came: the server waits for the body. */
  sawContinue = false;
  /** Whether the connection may carry another request after this response. */
  isPersistent = false;
  failureCode: FailureCode = '';
  /** What is wrong, for a sentence such as "The response is malformed: …". */
  problem = '';
  readonly keptHead = new ByteStore();
  readonly keptBody = new ByteStore();

  private readonly limits: ParserLimits;
  private readonly head = new FieldSection();
  private readonly trailers = new FieldSection();
  private readonly chunked = new ChunkedBody();
  /** A head or trailers that came in pieces. */
  private readonly pieces = new ByteStore();
  /** The bytes of the head that `head` has read last. Servers repeat themselves: an equal one says the same. */
  private readonly lastHead = new ByteStore();
  private isHeadRequest = false;
  private keep = KEEP_NOTHING;
  private headerBytes = 0;
  private bytesLeft = 0;

  constructor(limits: ParserLimits) {
    this.limits = limits;
  }

  begin(isHeadRequest: boolean, keep: number): void {
    this.phase = 'head';
    this.status = 0;
    this.bodyBytes = 0;
    this.sawContinue = false;
    this.isPersistent = false;
    this.failureCode = '';
    this.isHeadRequest = isHeadRequest;
    this.keep = keep;
    this.headerBytes = 0;
    this.pieces.length = 0;
    this.keptHead.clear();
    this.keptBody.clear();
  }

  private get section(): FieldSection {
    return this.phase === 'trailers' ? this.trailers : this.head;
  }

  get isComplete(): boolean {
    return this.phase === 'complete';
  }

  get hasFailed(): boolean {
    return this.phase === 'failed';
  }

  /** Reads `bytes` from `start` to `end`; returns where it stopped: before `end` only behind a whole response. */
  read(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end) {
      switch (this.phase) {
        case 'head':
        case 'trailers':
          at = this.readSection(bytes, at, end);
          break;
        case 'length':
          at = this.readLength(bytes, at, end);
          break;
        case 'chunked':
          at = this.readChunked(bytes, at, end);
          break;
        case 'until-close':
          this.takeBody(bytes, at, end);
          return end;
        default:
          return at;
      }
    }
    return at;
  }

  /** The server will send no more: that ends some bodies, and cuts off everything else. */
  readEnd(): void {
    if (this.phase === 'until-close') this.phase = 'complete';
    else if (this.phase === 'head') this.fail('incomplete-headers', 'it ended within its headers');
    else if (this.phase !== 'complete')
      this.fail('incomplete-body', `it ended after ${this.bodyBytes} bytes of its body`);
  }

  private readSection(bytes: Uint8Array, at: number, end: number): number {
    if (this.pieces.length > 0) return this.readPieces(bytes, at, end);
    const isTrailers = this.phase === 'trailers';
    const isKnown = !isTrailers && this.isLastHead(bytes, at, end);
    const sectionEnd = isKnown ? at + this.lastHead.length : this.startSection(bytes, at, end, isTrailers);
    if (sectionEnd === MALFORMED) return this.failMalformed(this.section.problem, end);
    const isWhole = sectionEnd !== NEED_MORE;
    const size = (isWhole ? sectionEnd : end) - at;
    if (this.headerBytes + size > this.limits.maxHeaderBytes) return this.failTooLarge(end);
    if (!isWhole) {
      this.pieces.append(bytes, at, end, this.limits.maxHeaderBytes);
      return end;
    }
    this.headerBytes += size;
    if (!isKnown && !isTrailers && size <= MAX_REMEMBERED_BYTES)
      this.lastHead.append(bytes, at, sectionEnd, size);
    this.endSection(bytes, at, sectionEnd);
    return sectionEnd;
  }

  private startSection(bytes: Uint8Array, at: number, end: number, isTrailers: boolean): number {
    const { section } = this;
    if (!isTrailers) this.lastHead.length = 0;
    section.begin(isTrailers);
    return section.read(bytes, at, end);
  }

  private isLastHead(bytes: Uint8Array, at: number, end: number): boolean {
    const { bytes: last, length } = this.lastHead;
    if (length === 0 || end - at < length) return false;
    for (let index = 0; index < length; index++) {
      if (bytes[at + index] !== last[index]) return false;
    }
    return true;
  }

  private readPieces(bytes: Uint8Array, at: number, end: number): number {
    const { pieces, section } = this;
    const before = pieces.length;
    pieces.append(bytes, at, end, this.limits.maxHeaderBytes - this.headerBytes);
    const sectionEnd = section.read(pieces.bytes, 0, pieces.length);
    if (sectionEnd === MALFORMED) return this.failMalformed(section.problem, end);
    if (sectionEnd === NEED_MORE) return pieces.length - before < end - at ? this.failTooLarge(end) : end;
    this.headerBytes += sectionEnd;
    pieces.length = 0;
    this.endSection(pieces.bytes, 0, sectionEnd);
    return at + sectionEnd - before;
  }

  private endSection(bytes: Uint8Array, at: number, sectionEnd: number): void {
    const { head } = this;
    if (this.phase === 'trailers') {
      this.phase = 'complete';
    } else if (head.status < 200 && head.status !== 101) {
      if (head.status === 100) this.sawContinue = true;
    } else {
      this.status = head.status;
      if ((this.keep & KEEP_HEADERS) !== 0) {
        this.keptHead.append(bytes, at + head.headAt, sectionEnd, this.limits.maxHeaderBytes);
      }
      this.chooseFraming();
    }
  }

  /** RFC 9112 §6.3, in its order. */
  private chooseFraming(): void {
    const { head, status } = this;
    const { contentLength } = head;
    this.isPersistent =
      status !== 101 && (head.minorVersion > 0 ? !head.saysClose : this.isKeptAliveByHttp10());
    if (head.hasTransferEncoding && contentLength !== -1) {
      this.failMalformed('both Content-Length and Transfer-Encoding', 0);
    } else if (this.isHeadRequest || status < 200 || status === 204 || status === 304) {
      this.phase = 'complete';
    } else if (head.isChunked) {
      this.chunked.begin();
      this.phase = 'chunked';
    } else if (contentLength === -1) {
      this.isPersistent = false;
      this.phase = 'until-close';
    } else {
      this.bytesLeft = contentLength;
      this.phase = contentLength === 0 ? 'complete' : 'length';
    }
  }

  /** RFC 9112 §6.1: a transfer coding in a message of HTTP/1.0 makes its framing doubtful. */
  private isKeptAliveByHttp10(): boolean {
    return this.head.saysKeepAlive && !this.head.saysClose && !this.head.hasTransferEncoding;
  }

  private readLength(bytes: Uint8Array, at: number, end: number): number {
    const taken = Math.min(this.bytesLeft, end - at);
    this.takeBody(bytes, at, at + taken);
    this.bytesLeft -= taken;
    if (this.bytesLeft === 0) this.phase = 'complete';
    return at + taken;
  }

  private readChunked(bytes: Uint8Array, at: number, end: number): number {
    const { chunked } = this;
    const store = (this.keep & KEEP_BODY) === 0 ? null : this.keptBody;
    const stopped = chunked.read(bytes, at, end, store, this.limits.maxKeptBodyBytes);
    this.bodyBytes = chunked.bodyBytes;
    if (chunked.isBroken) return this.failMalformed(chunked.problem, end);
    if (chunked.isAtLastChunk) {
      this.phase = 'trailers';
    }
    return stopped;
  }

  private takeBody(bytes: Uint8Array, start: number, end: number): void {
    this.bodyBytes += end - start;
    if ((this.keep & KEEP_BODY) !== 0) this.keptBody.append(bytes, start, end, this.limits.maxKeptBodyBytes);
  }

  private failMalformed(problem: string, end: number): number {
    this.fail('malformed-response', problem);
    return end;
  }

  private failTooLarge(end: number): number {
    this.fail('headers-too-large', `its headers are larger than ${this.limits.maxHeaderBytes} bytes`);
    return end;
  }

  private fail(code: FailureCode, problem: string): void {
    this.phase = 'failed';
    this.failureCode = code;
    this.problem = problem;
  }
}
