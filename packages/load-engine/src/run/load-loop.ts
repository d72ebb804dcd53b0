/** The loads of a run in one thread, on its event loop. All times come from the monotonic clock. */
import { ConnectionPool } from '../http/index.ts';
import { Recorder } from '../record/recorder.ts';
import type { Scenario } from '../scenario/define.ts';
import { HttpDebug } from './http-debug.ts';
import type { LoadJob } from './job.ts';
import { LoadPart } from './load-part.ts';
import { type LoopHealth, LoopWatch } from './loop-watch.ts';
import type { Command } from './messages.ts';
import { RunClock, type RunTimer } from './run-clock.ts';
import { toConnectionShare } from './run-settings.ts';

export interface LoadLoopListener {
  /** The iterations of a part are used up. */
  readonly onExhausted: (part: number) => void;
  /** To be shown to whoever watches the run. */
  readonly onText: (text: string) => void;
}

export class LoadLoop {
  readonly recorder = new Recorder();
  /** Settles when the last user has ended. */
  readonly ended: Promise<void>;
  readonly #job: LoadJob;
  readonly #parts: readonly LoadPart[];
  readonly #starts: readonly RunTimer[];
  readonly #clock = new RunClock();
  readonly #watch = new LoopWatch();
  readonly #connections: ConnectionPool | null;
  readonly #debug: HttpDebug | null;
  #startedAt = 0;
  #endedAt = 0;
  #resolveEnded: () => void = () => {};

  /**
   * `scenarios` are those of the parts, null for plain requests. Throws for a request that cannot be sent.
   */
  constructor(
    job: LoadJob,
    scenarios: readonly (Scenario | null)[],
    { onExhausted, onText }: LoadLoopListener,
  ) {
    this.#job = job;
    this.#connections = toPool(job);
    const { httpDebug } = job.settings;
    this.#debug = httpDebug === null ? null : new HttpDebug(httpDebug, onText);
    this.#parts = job.parts.map((part, number) => {
      return new LoadPart({
        part,
        job,
        scenario: scenarios[number] ?? null,
        recorder: this.recorder,
        connections: this.#connections,
        debug: this.#debug,
        onExhausted: () => onExhausted(number),
        onEnded: () => this.#endIfIdle(),
      });
    });
    this.#starts = this.#parts.map((part) => this.#clock.timer(() => part.start()));
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  get activeUsers(): number {
    return this.#parts.reduce((sum, part) => sum + part.activeUsers, 0);
  }

  obey(command: Command): void {
    switch (command.type) {
      case 'start':
        this.#start();
        return;
      case 'pause':
        this.#clock.pause();
        for (const part of this.#parts) part.pause();
        return;
      case 'resume':
        this.#clock.resume();
        for (const part of this.#parts) part.resume();
        return;
      case 'scale':
        this.#scale(command.part, command.level, command.atMs);
        return;
      case 'drain':
        // No iteration of this part is left: its users end with the one they are in.
        this.#parts[command.part]?.drain();
        return;
      case 'close':
        // No request starts any more, and those in flight have the plan's grace.
        this.#stopStarting();
        for (const part of this.#parts) part.close();
        return;
      case 'cut':
        // Requests in flight count as failed for the reason given.
        this.#stopStarting();
        for (const part of this.#parts) part.cut(command.reason);
    }
  }

  /** Now and then, between two hand-overs of what was counted. */
  look(): void {
    this.#watch.look();
  }

  health(): LoopHealth {
    const { waits = 0, waitMaxMs = 0 } = this.#connections ?? {};
    const durationMs = (this.#endedAt || performance.now()) - this.#startedAt;
    return { ...this.#watch.health(durationMs), connectionWaits: waits, connectionWaitMaxMs: waitMaxMs };
  }

  #start(): void {
    this.#startedAt = performance.now();
    this.#watch.start();
    this.#clock.start();
    for (const [number, { startMs }] of this.#job.parts.entries()) {
      if (startMs > 0) this.#starts[number]?.set(startMs);
      else this.#parts[number]?.start();
    }
  }

  #scale(part: number, level: number, atMs: number): void {
    this.#parts[part]?.scale(level, atMs - (this.#job.parts[part]?.startMs ?? 0));
  }

  #stopStarting(): void {
    for (const timer of this.#starts) timer.clear();
  }

  #endIfIdle(): void {
    if (this.#endedAt > 0 || !this.#parts.every((part) => part.hasEnded)) return;
    this.#endedAt = performance.now();
    this.#watch.stop();
    this.#connections?.close();
    this.#debug?.end();
    this.#resolveEnded();
  }
}

/** A pool where connections may not suffice: users who repeat one request never have more than one. */
function toPool({ parts, settings, thread, threads }: LoadJob): ConnectionPool | null {
  const share = toConnectionShare(settings.maxConnections, thread, threads);
  if (share === null) return null;
  const isPlain = parts.every(({ source }) => source.kind === 'plain');
  const users = parts.reduce((sum, { plan }) => sum + Math.ceil(plan.users / threads), 0);
  return isPlain && users <= share ? null : new ConnectionPool(share);
}
