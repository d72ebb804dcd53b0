/**
 * Sends the figures of a run to a Prometheus server (or what speaks its remote write protocol 1.0) while it goes on.
 * A receiver that is slow, broken or gone costs the run nothing: what cannot be sent waits in a bounded queue, and at
 * the end the report says what was not delivered.
 */
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { snappyCompress } from 'hysnappy';
import { toMessage } from '../../errors.ts';
import type { LoadProgress } from '../../run/progress.ts';
import type { MeasuredRun, ReportOutput } from '../files/report-output.ts';
import { toMetricFamilies } from './metric-families.ts';
import { encodeWriteRequest } from './write-request.ts';

const EVERY_MS = 5000;
/** Five minutes of figures; they are sums, so that the older ones are the ones to do without. */
const MAX_QUEUED = 60;
const SEND_LIMIT_MS = 10_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** How long the end of a run waits for what is still queued. */
const LAST_CHANCE_MS = 10_000;

export interface RemoteWriteOptions {
  /** A user name and password in it become an Authorization header, and are shown nowhere. */
  readonly url: URL;
  readonly headers?: readonly (readonly [name: string, value: string])[] | undefined;
  /** How long between two samples (default 5,000). */
  readonly everyMs?: number | undefined;
  /** How long the end may wait (default 10,000). */
  readonly lastChanceMs?: number | undefined;
}

interface Batch {
  readonly body: Uint8Array;
  readonly samples: number;
}

/** Whether a batch was taken, is to be tried again, or never will be taken. */
type Answer = { readonly kind: 'taken' } | { readonly kind: 'again' | 'refused'; readonly reason: string };

export class RemoteWrite implements ReportOutput {
  readonly #url: string;
  readonly #shownUrl: string;
  readonly #headers: Headers;
  readonly #everyMs: number;
  readonly #lastChanceMs: number;
  readonly #labels = { job: 'loadspiker', instance: hostname() };
  readonly #queue: Batch[] = [];
  #nextAtMs = 0;
  #lost = 0;
  #reason = '';
  #sending: Promise<void> | null = null;
  /** Ends the pauses of a run that goes on: at its end there is no time for long ones. */
  readonly #hurry = new AbortController();
  /** Ends all that is under way. */
  readonly #end = new AbortController();

  constructor({ url, headers = [], everyMs = EVERY_MS, lastChanceMs = LAST_CHANCE_MS }: RemoteWriteOptions) {
    const { username, password } = url;
    const plain = new URL(url);
    plain.username = '';
    plain.password = '';
    this.#url = plain.href;
    // A query may hold a key.
    this.#shownUrl = plain.origin + plain.pathname;
    this.#headers = toHeaders(headers);
    if (username !== '' || password !== '') this.#headers.set('Authorization', toBasic(username, password));
    for (const [name, value] of PROTOCOL_HEADERS) this.#headers.set(name, value);
    this.#everyMs = everyMs;
    this.#lastChanceMs = lastChanceMs;
  }

  look(run: MeasuredRun, look: LoadProgress): void {
    if (look.elapsedMs < this.#nextAtMs) return;
    this.#nextAtMs = look.elapsedMs + this.#everyMs;
    this.#enqueue(run, look);
  }

  /** A sentence about what could not be delivered. */
  async finish(run: MeasuredRun): Promise<string | undefined> {
    this.#enqueue(run, run.progress.at(-1) ?? null);
    this.#hurry.abort();
    const limit = setTimeout(() => this.#end.abort(), this.#lastChanceMs);
    await this.#sending;
    clearTimeout(limit);
    if (this.#lost === 0) return undefined;
    return `${this.#lost} samples were not delivered to ${this.#shownUrl}: ${this.#reason || 'it was too slow'}.`;
  }

  #enqueue({ recorder }: MeasuredRun, look: LoadProgress | null): void {
    const samples = toMetricFamilies(recorder, look).flatMap((family) => family.samples);
    const body = snappyCompress(encodeWriteRequest(samples, Date.now(), this.#labels));
    this.#queue.push({ body, samples: samples.length });
    if (this.#queue.length > MAX_QUEUED) this.#lost += this.#queue.shift()?.samples ?? 0;
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null;
    });
  }

  async #sendAll(): Promise<void> {
    for (let batch = this.#queue.shift(); batch; batch = this.#queue.shift()) {
      if (!(await this.#deliver(batch))) this.#lost += batch.samples;
    }
  }

  /** False for what was refused, or not taken before the end. */
  async #deliver(batch: Batch): Promise<boolean> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.#end.signal.aborted) {
      const answer = await this.#send(batch);
      if (answer.kind === 'taken') return true;
      this.#reason = answer.reason;
      if (answer.kind === 'refused') return false;
      await this.#pause(pauseMs);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
    return false;
  }

  async #pause(milliseconds: number): Promise<void> {
    const { signal: hurry } = this.#hurry;
    const isEnding = hurry.aborted;
    const signal = isEnding ? this.#end.signal : hurry;
    await sleep(isEnding ? FIRST_PAUSE_MS : milliseconds, undefined, { signal }).catch(() => {});
  }

  /** By the protocol, 5xx and 429 are tried again, and other refusals are not. */
  async #send({ body }: Batch): Promise<Answer> {
    const signal = AbortSignal.any([this.#end.signal, AbortSignal.timeout(SEND_LIMIT_MS)]);
    const headers = this.#headers;
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers,
        body: Buffer.from(body),
        signal,
        redirect: 'manual',
      });
      await response.body?.cancel();
      if (response.ok) return { kind: 'taken' };
      const canRetry = response.status >= 500 || response.status === 429;
      return { kind: canRetry ? 'again' : 'refused', reason: `it answered ${response.status}` };
    } catch (error) {
      return { kind: 'again', reason: toReason(error) };
    }
  }
}

const PROTOCOL_HEADERS = [
  ['Content-Type', 'application/x-protobuf'],
  ['Content-Encoding', 'snappy'],
  ['X-Prometheus-Remote-Write-Version', '0.1.0'],
] as const;

/** Throws a TypeError that names a header which HTTP cannot carry, and never shows its value. */
function toHeaders(list: readonly (readonly [name: string, value: string])[]): Headers {
  const headers = new Headers({ 'User-Agent': 'loadspiker' });
  for (const [name, value] of list) {
    try {
      headers.append(name, value);
    } catch {
      throw new TypeError(`expected a header that HTTP can carry, got one named ${JSON.stringify(name)}`);
    }
  }
  return headers;
}

function toBasic(username: string, password: string): string {
  const pair = `${decode(username)}:${decode(password)}`;
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
}

/** What fetch throws says little by itself. */
function toReason(error: unknown): string {
  return toMessage(error instanceof Error && error.cause !== undefined ? error.cause : error);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
