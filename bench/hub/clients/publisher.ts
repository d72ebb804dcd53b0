// Publishes from some connections: as much as the server takes, or by the clock.
import { setTimeout as wait } from 'node:timers/promises';
import { Connection, type Target } from './connection.ts';
import { encodeClientFrame } from './frames.ts';
import { type Topics, toTopic } from './orders.ts';
import { readClockUs, toPayload } from './payload.ts';

/** Of one connection a server may take only so many messages at once. */
const CONNECTIONS = 32;
/** How often it looks; also the shortest time that a timer waits. */
const TICK_MS = 1;

export class Publisher {
  readonly #target: Target;
  readonly #connections: readonly Connection[];
  #lost = 0;

  constructor(target: Target) {
    this.#target = target;
    const listener = { onMessages: () => {}, onText: () => {}, onLost: () => void this.#lost++ };
    this.#connections = Array.from({ length: CONNECTIONS }, () => new Connection(target, listener));
  }

  async open(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.open()));
  }

  /** Connections that the server closed. */
  get lost(): number {
    return this.#lost;
  }

  /** Until `untilUs`, with at most `inFlight` on their way. Resolves with how many it published. */
  async publishAsTaken(
    topics: Topics,
    load: { inFlight: number; untilUs: number; countDelivered: () => number },
  ): Promise<number> {
    let published = 0;
    while (readClockUs() < load.untilUs && this.#lost === 0) {
      const room = Math.floor(load.inFlight - (published - load.countDelivered()));
      const now = readClockUs();
      if (room > 0) this.#publish(topics, published, Array(room).fill(now));
      published += Math.max(0, room);
      await wait(TICK_MS);
    }
    return published;
  }

  /** Each message at its time, whatever became of those before. Resolves with how many it published. */
  async publishByClock(topics: Topics, ratePerSecond: number, untilUs: number): Promise<number> {
    const start = readClockUs();
    const toTime = (number: number) => start + (number / ratePerSecond) * 1e6;
    let published = 0;
    while (toTime(published) < untilUs && this.#lost === 0) {
      const now = readClockUs();
      const due: number[] = [];
      for (let time = toTime(published); time <= now && time < untilUs; time = toTime(published + due.length))
        due.push(Math.round(time));
      this.#publish(topics, published, due);
      published += due.length;
      await wait(Math.max(TICK_MS, Math.floor((toTime(published) - readClockUs()) / 1e3)));
    }
    return published;
  }

  /** Messages of one moment are one write of each connection. */
  #publish(topics: Topics, first: number, times: readonly number[]): void {
    const frames: Buffer[][] = this.#connections.map(() => []);
    for (const [index, atUs] of times.entries()) {
      const text = this.#target.dialect.toPublication(toTopic(topics, first + index), toPayload(atUs));
      frames[(first + index) % CONNECTIONS]?.push(encodeClientFrame(text));
    }
    for (const [index, list] of frames.entries())
      if (list.length > 0) this.#connections[index]?.write(Buffer.concat(list));
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }
}
