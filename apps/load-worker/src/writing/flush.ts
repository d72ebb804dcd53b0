/**
 * The one writer of this worker: what is finished is written at each beat, in one statement for all runs. Where more is
 * finished than one statement takes, the next one is made while the database writes.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { Chunk, ChunkWriter } from '@trafficflux/campaigns';
import type { CampaignRun } from '../runs/campaign-run.ts';
import type { Runs } from '../runs/runs.ts';
import type { Trouble } from '../trouble.ts';

const BEAT_MS = 250;
const ENTRIES_PER_CHUNK = 500;
/** Of one transaction: about 4 MB. */
const ENTRIES_PER_WRITE = 2500;

export interface FlushOptions {
  readonly writer: ChunkWriter;
  readonly runs: Runs;
  readonly trouble: Trouble;
  readonly onWritten: (chunk: Chunk) => void;
  /** Another owner, a stop, a pause or a cleanup came first. */
  readonly onFenced: (run: CampaignRun) => void;
  readonly onFailed: () => void;
  /** Told before the write of each beat. */
  readonly onBeat: () => void;
  /** Told after all that was due is written, or could not be. */
  readonly onFlushed: () => void;
}

interface Due {
  readonly run: CampaignRun;
  readonly chunk: Chunk;
}

export class Flush {
  readonly #options: FlushOptions;
  #timer: NodeJS.Timeout | undefined;
  #nextBeatAt: number;
  #writing: Promise<void> | undefined;
  #isAskedAgain = false;
  #isClosed = false;
  /** Whether the last write did. */
  #hasFailed = false;
  /** Where the next write begins, so that no run waits behind the same others each time. */
  #turn = 0;

  constructor(options: FlushOptions) {
    this.#options = options;
    this.#nextBeatAt = performance.now() + BEAT_MS;
    this.#awaitBeat();
  }

  /** Writes what is finished now, or at once after what is being written now. */
  now(): void {
    if (this.#isClosed) return;
    if (this.#writing !== undefined) {
      this.#isAskedAgain = true;
      return;
    }
    this.#writing = this.#writeAll().finally(() => {
      this.#writing = undefined;
      this.#options.onFlushed();
      if (!this.#isAskedAgain) return;
      this.#isAskedAgain = false;
      this.now();
    });
  }

  /** Writes what is finished for the last time; false if the database did not take it. */
  async close(): Promise<boolean> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#writing;
    await this.#writeAll();
    return !this.#hasFailed;
  }

  #awaitBeat(): void {
    const now = performance.now();
    // Beats that passed while the process was busy are not made up for.
    this.#nextBeatAt = Math.max(this.#nextBeatAt, now);
    this.#timer = setTimeout(() => {
      this.#nextBeatAt += BEAT_MS;
      this.#awaitBeat();
      this.#options.onBeat();
      this.now();
    }, this.#nextBeatAt - now);
  }

  async #writeAll(): Promise<void> {
    while (await this.#writeOnce());
  }

  /** Says whether more is due at once. */
  async #writeOnce(): Promise<boolean> {
    const { due, isFull } = this.#collect();
    if (due.length === 0) return false;
    const sentAt = performance.now();
    const writing = this.#write(due.map(({ chunk }) => chunk));
    if (isFull) await this.#makeAhead(due);
    const outcomes = await writing;
    for (const { run, chunk } of due) {
      const outcome = outcomes.get(chunk.campaignId);
      if (run.state === 'over' || outcome === undefined) continue;
      if (outcome === 'fenced') {
        this.#options.onFenced(run);
      } else {
        run.onWritten(chunk, sentAt);
        this.#options.onWritten(chunk);
      }
    }
    return isFull && outcomes.size === due.length;
  }

  async #makeAhead(due: readonly Due[]): Promise<void> {
    // The statement goes out first: the database waits for it.
    await turn();
    const now = performance.now();
    for (const { run, chunk } of due) if (isFullChunk(chunk)) run.makeAhead(now, ENTRIES_PER_CHUNK);
  }

  #collect(): { readonly due: readonly Due[]; readonly isFull: boolean } {
    const runs = [...this.#options.runs];
    const now = performance.now();
    const due: Due[] = [];
    let left = ENTRIES_PER_WRITE;
    let isFull = false;
    const start = this.#turn % Math.max(1, runs.length);
    for (let index = 0; index < runs.length; index++) {
      const run = runs[(start + index) % runs.length];
      if (run === undefined) continue;
      if (left <= 0) {
        this.#turn = start + index;
        return { due, isFull: true };
      }
      const chunk = run.takeChunk(now, Math.min(left, ENTRIES_PER_CHUNK));
      if (chunk === null) continue;
      isFull ||= isFullChunk(chunk);
      left -= countEntries(chunk);
      due.push({ run, chunk });
    }
    return { due, isFull };
  }

  async #write(chunks: readonly Chunk[]): Promise<Awaited<ReturnType<ChunkWriter['write']>>> {
    const { writer, trouble, onFailed } = this.#options;
    try {
      const outcomes = await writer.write(chunks);
      this.#hasFailed = outcomes.size < chunks.length;
      if (!this.#hasFailed) {
        trouble.passed();
        return outcomes;
      }
      trouble.happened(new Error(`${chunks.length - outcomes.size} of ${chunks.length} chunks wait.`));
      onFailed();
      return outcomes;
    } catch (error) {
      this.#hasFailed = true;
      trouble.happened(error);
      onFailed();
      return new Map();
    }
  }
}

function countEntries({ firstSequence, lastSequence }: Chunk): number {
  return lastSequence - firstSequence + 1;
}

/** More may be finished than it has. */
function isFullChunk(chunk: Chunk): boolean {
  return countEntries(chunk) >= ENTRIES_PER_CHUNK;
}
