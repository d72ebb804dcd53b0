// The line of a connection on a WebSocket of `ws`. Fan-out goes to the socket below, since `send()` never refuses
// and knows no batches (design section 8); that is right only while the WebSocket is open and does not compress.
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { CloseCode } from '../connections/close-code.ts';
import type { Line } from '../connections/line.ts';

/** Of a close frame's 125 bytes the code takes two (RFC 6455 §5.5). */
const LONGEST_REASON = 123;

export class SocketLine implements Line {
  readonly #ws: WebSocket;
  readonly #socket: Socket;

  constructor(ws: WebSocket, socket: Socket) {
    this.#ws = ws;
    this.#socket = socket;
  }

  get queuedBytes(): number {
    return this.#socket.writableLength;
  }

  write(frames: Buffer): void {
    if (this.#ws.readyState === WebSocket.OPEN) this.#socket.write(frames);
  }

  ping(): void {
    if (this.#ws.readyState === WebSocket.OPEN) this.#ws.ping();
  }

  close(code: CloseCode, reason: string): void {
    // Paused, it would not hear the other side's answer.
    this.#ws.resume();
    this.#ws.close(code, cutReason(reason));
  }

  /** The code may get through in the moment until the time limit for closing ends it. */
  drop(code: CloseCode, reason: string): void {
    this.close(code, reason);
  }

  pause(): void {
    this.#ws.pause();
  }

  resume(): void {
    this.#ws.resume();
  }
}

/** Cut at a character, never inside one. */
export function cutReason(reason: string): string {
  const bytes = Buffer.from(reason);
  if (bytes.length <= LONGEST_REASON) return reason;
  let end = LONGEST_REASON;
  while (((bytes[end] as number) & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}
