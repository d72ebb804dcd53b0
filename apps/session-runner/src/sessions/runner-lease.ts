/**
 * Who plays which sessions, when several runners share a store and any of them may be killed.
 *
 * Every start of a runner has a mark of its own, and counts a beat up in the store while it lives. A runner fails at
 * its start what earlier starts of the same name left. Later it watches the beats of the others: whose beat stands
 * still for the length of a lease, seen by this runner's own monotonic clock, has its sessions failed. No clocks of
 * two machines are compared. When the store does not answer, all watching begins anew, since the others were away
 * too; and the time in which this runner itself was frozen does not count.
 */
import { randomBytes } from 'node:crypto';
import type { Logger } from '@trafficflux/service-kit';
import type { AbandonedSession, SessionOwner, SessionStore } from './session-store.ts';

export interface RunnerLeaseOptions {
  readonly store: SessionStore;
  /** RUNNER_NAME: belongs to one process at a time. */
  readonly name: string;
  readonly logger: Logger;
  readonly renewMs?: number;
  /** How long the beat of another must stand still. */
  readonly leaseMs?: number;
  /** Somebody has failed the sessions of this mark: whatever is still played under it has to end. */
  readonly onLost: (runner: string) => void;
  /** The sessions of another runner whose end was recorded here. */
  readonly onAbandoned: (sessions: readonly AbandonedSession[]) => void;
  /** What is played under this mark. */
  readonly listPlayed: (runner: string) => readonly string[];
  /** It is played here, and somebody else has recorded its end. */
  readonly onEndedElsewhere: (sessionId: string) => Promise<void>;
  /** Says whether a session of this runner is being started, played, or on its way into the store. */
  readonly isKnown: (sessionId: string) => boolean;
  /** Started in the store, and played by nobody: the answer to its creation was lost. */
  readonly onUnplayed: (sessionId: string) => void;
}

const [RENEW_MS, LEASE_MS] = [5000, 30_000];
const RESTARTED = 'The runner ended while it was being played.';
const SILENT = 'The runner that played it did not answer any more.';

export class RunnerLease {
  readonly #options: RunnerLeaseOptions;
  readonly #renewMs: number;
  readonly #leaseMs: number;
  #runner: string;
  /** Marks under which this process does not play any more. */
  readonly #former = new Set<string>();
  readonly #watched = new Map<string, { readonly beat: number; readonly stillMs: number }>();
  #lastLookMs = performance.now();
  #unplayed = new Set<string>();
  #isFirst = true;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> = Promise.resolve();

  constructor(options: RunnerLeaseOptions) {
    this.#options = options;
    this.#renewMs = options.renewMs ?? RENEW_MS;
    this.#leaseMs = options.leaseMs ?? LEASE_MS;
    this.#runner = newMark(options.name);
  }

  /** The mark under which sessions are started now: the name, `/`, and what tells this start from others. */
  get runner(): string {
    return this.#runner;
  }

  /** Begins to renew. Resolves after the first time, also when the store was away. */
  start(): Promise<void> {
    this.#beating = this.#beat();
    return this.#beating;
  }

  /** Ends renewing; `isDone` says that none of its sessions is started any more. */
  async close(isDone: boolean): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#beating;
    if (!isDone) return;
    // A lease that stays is forgotten within a day.
    await this.#options.store.dropLease(this.#runner).catch(() => {});
  }

  async #beat(): Promise<void> {
    try {
      await this.#renew();
      await this.#sweep(await this.#options.store.listOwners());
    } catch (error) {
      // The store was away for the others too, perhaps: they get the time of a lease from now on.
      this.#watched.clear();
      this.#options.logger.debug({ err: error }, 'the lease of the runner was not renewed');
    }
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#beating = this.#beat();
    }, this.#renewMs);
  }

  async #renew(): Promise<void> {
    const { store, logger, onLost } = this.#options;
    if (await store.renewLease(this.#runner)) return;
    const lost = this.#runner;
    logger.warn({ runner: lost }, 'this runner was taken for dead: its sessions were failed');
    this.#former.add(lost);
    this.#runner = newMark(this.#options.name);
    onLost(lost);
    await store.renewLease(this.#runner);
  }

  async #sweep(owners: readonly SessionOwner[]): Promise<void> {
    const passedMs = this.#measurePassed();
    for (const owner of owners) {
      if (owner.runner === this.#runner) continue;
      if (this.#former.has(owner.runner)) await this.#fail(owner, SILENT);
      else if (this.#isFirst && isNamed(owner.runner, this.#options.name)) await this.#fail(owner, RESTARTED);
      else if (this.#standsStill(owner, passedMs)) await this.#fail(owner, SILENT);
    }
    this.#isFirst = false;
    this.#forget(owners);
    await this.#compareStarted();
  }

  #standsStill({ runner, beat }: SessionOwner, passedMs: number): boolean {
    const seen = this.#watched.get(runner);
    const stillMs = seen?.beat === beat ? seen.stillMs + passedMs : 0;
    this.#watched.set(runner, { beat, stillMs });
    return stillMs >= this.#leaseMs;
  }

  /** Since the last look at the others, as far as this runner was awake. */
  #measurePassed(): number {
    const nowMs = performance.now();
    const passedMs = Math.min(nowMs - this.#lastLookMs, 2 * this.#renewMs);
    this.#lastLookMs = nowMs;
    return passedMs;
  }

  async #fail(owner: SessionOwner, reason: string): Promise<void> {
    const failed = await this.#options.store.failAbandoned(owner, reason);
    if (failed.length === 0) return;
    this.#options.onAbandoned(failed);
    const { runner } = owner;
    this.#options.logger.warn(
      { runner, sessions: failed.length, reason },
      'abandoned sessions were recorded as failed',
    );
  }

  #forget(owners: readonly SessionOwner[]): void {
    const present = new Set(owners.map(({ runner }) => runner));
    for (const runner of this.#watched.keys()) if (!present.has(runner)) this.#watched.delete(runner);
  }

  /** What is played here and what is started in the store should be the same. */
  async #compareStarted(): Promise<void> {
    const { store, listPlayed, onEndedElsewhere } = this.#options;
    // Held before the store is asked: what starts meanwhile is in neither.
    const played = listPlayed(this.#runner);
    const started = new Set(await store.listStarted(this.#runner));
    for (const id of played) if (!started.has(id)) await onEndedElsewhere(id);
    this.#endUnplayed([...started]);
  }

  /** What is unknown twice in a row: the first time its creation may just have been answered. */
  #endUnplayed(started: readonly string[]): void {
    const { isKnown, onUnplayed } = this.#options;
    const unknown = new Set(started.filter((id) => !isKnown(id)));
    for (const id of unknown) if (this.#unplayed.has(id)) onUnplayed(id);
    this.#unplayed = unknown;
  }
}

function newMark(name: string): string {
  return `${name}/${randomBytes(6).toString('hex')}`;
}

function isNamed(runner: string, name: string): boolean {
  return runner.slice(0, runner.lastIndexOf('/')) === name;
}
