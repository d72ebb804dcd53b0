// Decodes a chunked body piece by piece (RFC 9112 §7.1), up to the last chunk; the trailers are a field section.
import type { ByteStore } from './byte-store.ts';
import { CR, isFieldByte, LF, SEMICOLON, SPACE, TAB } from './syntax.ts';

const SIZE = 0;
const SIZE_END = 1;
const EXTENSION = 2;
const SIZE_LF = 3;
const DATA = 4;
const DATA_CR = 5;
const DATA_LF = 6;
const LAST = 7;
const BROKEN = 8;

/** A chunk's line may be this long, extensions included: nobody needs them, and endless ones are an attack. */
const MAX_LINE_BYTES = 4_096;

export class ChunkedBody {
  /** Body bytes decoded so far. */
  bodyBytes = 0;
  problem = '';

  private state = SIZE;
  private size = 0;
  private lineBytes = 0;

  get isAtLastChunk(): boolean {
    return this.state === LAST;
  }

  get isBroken(): boolean {
    return this.state === BROKEN;
  }

  begin(): void {
    this.bodyBytes = 0;
    this.startLine();
  }

  /** Decodes `bytes` from `start` to `end`, keeps data where `store` is given, and returns where it stopped. */
  read(bytes: Uint8Array, start: number, end: number, store: ByteStore | null, limit: number): number {
    let at = start;
    while (at < end && this.state < LAST) {
      if (this.state === DATA) {
        const taken = Math.min(this.size, end - at);
        if (store !== null) store.append(bytes, at, at + taken, limit);
        at += taken;
        this.size -= taken;
        this.bodyBytes += taken;
        if (this.size === 0) this.state = DATA_CR;
      } else {
        this.state = this.step(bytes[at] as number);
        at++;
      }
    }
    return at;
  }

  /** The state behind one byte of the framing. */
  private step(byte: number): number {
    switch (this.state) {
      case SIZE:
        return this.readSize(byte);
      case SIZE_END:
      case EXTENSION:
        return this.readExtension(byte);
      case SIZE_LF:
        if (byte !== LF) return this.fail('a chunk size without its line feed');
        return this.size === 0 ? LAST : DATA;
      case DATA_CR:
        return byte === CR ? DATA_LF : this.fail('a chunk longer than its size');
      default:
        if (byte !== LF) return this.fail('a chunk without its line feed');
        this.startLine();
        return SIZE;
    }
  }

  private readSize(byte: number): number {
    const digit = hexDigit(byte);
    if (digit === -1) {
      if (this.lineBytes === 0) return this.fail('a chunk without a size');
      this.state = SIZE_END;
      return this.readExtension(byte);
    }
    this.size = this.size * 16 + digit;
    if (this.size > Number.MAX_SAFE_INTEGER) return this.fail('a chunk size that is too large');
    return this.countLineByte();
  }

  /** Everything up to the line break is ignored, but it must be text: a bare line feed hides a second size. */
  private readExtension(byte: number): number {
    if (byte === CR) return SIZE_LF;
    if (byte === SEMICOLON) this.state = EXTENSION;
    else if (this.state === SIZE_END && byte !== SPACE && byte !== TAB)
      return this.fail('an invalid chunk size');
    else if (!isFieldByte(byte)) return this.fail('a control character in a chunk extension');
    return this.countLineByte();
  }

  private countLineByte(): number {
    this.lineBytes++;
    return this.lineBytes > MAX_LINE_BYTES ? this.fail('an endless chunk size line') : this.state;
  }

  private startLine(): void {
    this.state = SIZE;
    this.size = 0;
    this.lineBytes = 0;
  }

  private fail(problem: string): number {
    this.problem = problem;
    return BROKEN;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const small = byte | 0x20;
  return small >= 0x61 && small <= 0x66 ? small - 0x57 : -1;
}
