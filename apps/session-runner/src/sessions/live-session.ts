/** A session that is being played here: its journeys, how they stand, and what becomes of it. */
import type { JourneyEnd, JourneyPool, JourneyStep, RunningJourney } from '../journeys/journey.ts';
import { type AutomationEvent, type AutomationEventBody, cutText, toStepBody } from './automation-events.ts';
import type { NewSession, StoredJourney, StoredStatus } from './session-store.ts';
import type { JourneyView, SessionView } from './sessions.ts';
import type { StoreWriter } from './store-writer.ts';

export interface LiveSessionOptions {
  readonly session: NewSession;
  /** `user_` and the account's id: whose events these are, and whose place in the line. */
  readonly userId: string;
  readonly pool: Pick<JourneyPool, 'start'>;
  readonly writer: Pick<StoreWriter, 'add'>;
  readonly publish: (userId: string, event: AutomationEvent) => unknown;
  /** In the very moment in which its last journey ends. */
  readonly onEnded: (live: LiveSession) => void;
}

interface LiveJourney {
  readonly number: number;
  startedAt: Date | null;
  endedAt: Date | null;
  end: JourneyEnd | null;
  /** Null when they are in the store and no longer here. */
  steps: JourneyStep[] | null;
}

const NOT_TAKEN = 'The runner could not take it.';
const NO_RECORD = 'The runner kept no record of its end.';

export class LiveSession {
  readonly session: NewSession;
  /** Settles when the last journey has ended. */
  readonly ended: Promise<void>;
  /** Settles when the store has its end. */
  readonly stored: Promise<void>;
  readonly #options: LiveSessionOptions;
  readonly #journeys: readonly LiveJourney[];
  readonly #taken: RunningJourney[] = [];
  readonly #onEnded: () => void;
  readonly #onStored: () => void;
  #status: SessionView['status'] = 'running';
  #failure: string | null = null;
  #running = 0;
  #completed = 0;

  constructor(options: LiveSessionOptions) {
    this.session = options.session;
    this.#options = options;
    this.#journeys = Array.from({ length: options.session.threadCount }, (_, index) => newJourney(index + 1));
    ({ promise: this.ended, resolve: this.#onEnded } = Promise.withResolvers<void>());
    ({ promise: this.stored, resolve: this.#onStored } = Promise.withResolvers<void>());
  }

  get view(): SessionView {
    const { id, userId, searchKeyword, targetDomain, driver, threadCount } = this.session;
    return {
      sessionId: id,
      username: userId,
      searchKeyword,
      targetDomain,
      driver,
      status: this.#status,
      totalThreads: threadCount,
      runningThreads: this.#running,
      completedThreads: this.#completed,
    };
  }

  /** `user_` and the account's id. */
  get userId(): string {
    return this.#options.userId;
  }

  get runningThreads(): number {
    return this.#running;
  }

  get waitingThreads(): number {
    return this.session.threadCount - this.#running - this.#completed;
  }

  /**
   * Gives its journeys to the pool, and records what they do. When the pool refuses one, those before it are
   * stopped and the session fails; the error is thrown.
   */
  play(): void {
    const { searchKeyword, targetDomain, threadCount, driver, createdAt } = this.session;
    this.#publish(createdAt, {
      type: 'session.started',
      search_keyword: cutText(searchKeyword),
      target_domain: cutText(targetDomain),
      thread_count: threadCount,
      driver,
    });
    try {
      for (const journey of this.#journeys) this.#give(journey);
    } catch (error) {
      this.stop(NOT_TAKEN);
      for (const journey of this.#journeys.slice(this.#taken.length))
        this.#end(journey, { status: 'stopped' });
      throw error;
    }
  }

  /** Tells its journeys to stop. Null: its user wants it, or the runner ends; else the session fails for this reason. */
  stop(failure: string | null): void {
    if (this.#status === 'running') this.#status = 'stopping';
    this.#failure ??= failure;
    for (const journey of this.#taken) journey.stop();
  }

  /** The journeys with their steps; `listStored` is asked for what is not kept here any more. */
  async listJourneys(listStored: () => Promise<readonly StoredJourney[]>): Promise<readonly JourneyView[]> {
    // Held before the store is asked: what moves there meanwhile is then in one of the two.
    const held = this.#journeys.map(({ steps }) => steps);
    const kept = held.includes(null) ? await listStored() : [];
    return this.#journeys.map((journey, index) => ({
      journey: journey.number,
      status: journey.end?.status ?? (journey.startedAt === null ? 'waiting' : 'running'),
      reason: journey.end?.status === 'failed' ? journey.end.reason : null,
      startedAt: journey.startedAt,
      endedAt: journey.endedAt,
      steps: held[index]?.slice() ?? kept[index]?.steps ?? [],
    }));
  }

  #give(journey: LiveJourney): void {
    const { id, searchKeyword, targetDomain, driver } = this.session;
    const { userId, pool } = this.#options;
    const taken = pool.start(
      { sessionId: id, journey: journey.number, userId, searchKeyword, targetDomain, driver },
      { onStart: () => this.#begin(journey), onStep: (step) => this.#step(journey, step) },
    );
    this.#taken.push(taken);
    taken.ended.then((how) => this.#end(journey, how));
  }

  #begin(journey: LiveJourney): void {
    const at = new Date();
    journey.startedAt = at;
    this.#running++;
    const { id: sessionId } = this.session;
    this.#options.writer.add({ type: 'journey-started', sessionId, journey: journey.number, at });
    this.#publish(at, { type: 'journey.started', journey: journey.number });
  }

  #step(journey: LiveJourney, step: JourneyStep): void {
    const { id: sessionId } = this.session;
    // What the record will lack is not shown either: so memory is bounded as the writer's is.
    const isKept = this.#options.writer.add({ type: 'step', sessionId, journey: journey.number, step });
    if (isKept) journey.steps?.push(step);
    const at = new Date(step.startedAtMs);
    this.#publish(at, { type: 'journey.step', journey: journey.number, step: toStepBody(step) });
  }

  #end(journey: LiveJourney, how: JourneyEnd): void {
    const at = new Date();
    const end: JourneyEnd =
      this.#failure !== null && how.status === 'stopped' ? { status: 'failed', reason: this.#failure } : how;
    journey.end = end;
    journey.endedAt = at;
    if (journey.startedAt !== null) this.#running--;
    this.#completed++;
    const write = {
      type: 'journey-ended',
      sessionId: this.session.id,
      journey: journey.number,
      end,
      at,
    } as const;
    this.#options.writer.add(write, () => {
      journey.steps = null;
    });
    const reason = end.status === 'failed' ? cutText(end.reason) : null;
    this.#publish(at, { type: 'journey.ended', journey: journey.number, status: end.status, reason });
    if (this.#completed === this.session.threadCount) this.#finish(at);
  }

  #finish(at: Date): void {
    const status = this.#decideOutcome();
    this.#status = status;
    this.#options.onEnded(this);
    const { id: sessionId, threadCount } = this.session;
    const reason = this.#failure ?? NO_RECORD;
    this.#options.writer.add({ type: 'session-ended', sessionId, status, reason, at }, this.#onStored);
    this.#publish(at, {
      type: 'session.ended',
      status,
      threads_completed: this.#completed,
      total_threads: threadCount,
    });
    this.#onEnded();
  }

  #decideOutcome(): Exclude<StoredStatus, 'started'> {
    const ends = this.#journeys.map(({ end }) => end?.status);
    if (this.#failure !== null || ends.every((end) => end === 'failed')) return 'failed';
    return this.#status === 'stopping' || ends.includes('stopped') ? 'stopped' : 'completed';
  }

  #publish(at: Date, body: AutomationEventBody): void {
    this.#options.publish(this.#options.userId, { ...body, session_id: this.session.id, at: at.getTime() });
  }
}

function newJourney(number: number): LiveJourney {
  return { number, startedAt: null, endedAt: null, end: null, steps: [] };
}
