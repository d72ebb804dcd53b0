/** What happened in one step of a run: times by status, bytes, and the errors grouped by their sentence. */
import { Histogram } from './histogram.ts';

/** The status of a request that got no response. */
export const NO_RESPONSE = 0;
/** Stands for every status beyond the first `MAX_OUTCOMES` different ones. */
export const OTHER_STATUS = 1000;

const MAX_OUTCOMES = 60;
const MAX_MESSAGE_CHARACTERS = 300;

/** Names and values by which steps are told apart beside their name. */
export type Tags = Readonly<Record<string, string>>;

/** All requests of a step with one status, failed or not. */
export class Outcome {
  readonly status: number;
  readonly failed: boolean;
  /** From the intended start. */
  readonly times = new Histogram();
  /** From the actual start; kept only from the first request on that began late. */
  readonly #service = new Histogram();
  #isSplit = false;

  constructor(status: number, failed: boolean) {
    this.status = status;
    this.failed = failed;
  }

  get service(): Histogram {
    return this.#isSplit ? this.#service : this.times;
  }

  record(durationMs: number, lateMs: number): void {
    if (lateMs > 0) this.#split();
    this.times.record(durationMs + lateMs);
    if (this.#isSplit) this.#service.record(durationMs);
  }

  merge({ times, service }: OutcomeDelta): void {
    if (service !== null) this.#split();
    this.times.mergeBuffer(times);
    if (this.#isSplit) this.#service.mergeBuffer(service ?? times);
  }

  /** What was counted since the last call; the pages stay allocated. */
  takeDelta(): OutcomeDelta {
    const { status, failed, times } = this;
    const service = this.#isSplit ? this.#service.toBuffer() : null;
    const delta = { status, failed, times: times.toBuffer(), service };
    times.clear();
    this.#service.clear();
    this.#isSplit = false;
    return delta;
  }

  #split(): void {
    if (this.#isSplit) return;
    this.#isSplit = true;
    this.#service.merge(this.times);
  }
}

/** An `Outcome` on its way between threads; its buffers are transferred. */
export interface OutcomeDelta {
  readonly status: number;
  readonly failed: boolean;
  readonly times: ArrayBuffer;
  /** Null where it is the same. */
  readonly service: ArrayBuffer | null;
}

export interface StepDelta {
  readonly name: string;
  readonly tags: Tags;
  readonly outcomes: readonly OutcomeDelta[];
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly errors: readonly (readonly [message: string, count: number])[];
}

/** Decides which error sentences still get a line of their own: see `ErrorBudget.admit`. */
export interface ErrorBudget {
  /** Returns the sentence to count under, given whether it is new in its step. */
  admit(message: string): string;
}

export class StepRecorder {
  readonly name: string;
  readonly tags: Tags;
  bytesSent = 0;
  bytesReceived = 0;
  readonly errors = new Map<string, number>();
  readonly #outcomes: (Outcome | undefined)[] = new Array((OTHER_STATUS + 1) * 2).fill(undefined);
  readonly #used: Outcome[] = [];
  readonly #budget: ErrorBudget;

  constructor(name: string, tags: Tags, budget: ErrorBudget) {
    this.name = name;
    this.tags = tags;
    this.#budget = budget;
  }

  /**
   * Counts one request. `failure` is the empty text for a success, else the sentence it is grouped under; the
   * time of a failed request counts like any other. `lateMs` is how long after its intended start it began.
   */
  record(
    status: number,
    failure: string,
    durationMs: number,
    bytesSent: number,
    bytesReceived: number,
    lateMs = 0,
  ): void {
    const failed = failure !== '';
    const outcome = this.#outcomes[status * 2 + (failed ? 1 : 0)] ?? this.#addOutcome(status, failed);
    outcome.record(durationMs, lateMs);
    this.bytesSent += bytesSent;
    this.bytesReceived += bytesReceived;
    if (failed) this.countError(failure, 1);
  }

  /** Counts errors under their sentence, cut to a length that cannot fill the memory. */
  countError(message: string, count: number): void {
    const cut = message.slice(0, MAX_MESSAGE_CHARACTERS);
    const key = this.errors.has(cut) ? cut : this.#budget.admit(cut);
    this.errors.set(key, (this.errors.get(key) ?? 0) + count);
  }

  get outcomes(): readonly Outcome[] {
    return this.#used.filter((outcome) => outcome.times.count > 0);
  }

  /** What was counted since the last call; the pages stay allocated. Null when nothing was. */
  takeDelta(): StepDelta | null {
    if (this.outcomes.length === 0 && this.errors.size === 0) return null;
    const delta: StepDelta = {
      name: this.name,
      tags: this.tags,
      outcomes: this.outcomes.map((outcome) => outcome.takeDelta()),
      bytesSent: this.bytesSent,
      bytesReceived: this.bytesReceived,
      errors: [...this.errors],
    };
    this.bytesSent = 0;
    this.bytesReceived = 0;
    this.errors.clear();
    return delta;
  }

  merge(delta: StepDelta): void {
    for (const part of delta.outcomes) {
      const outcome =
        this.#outcomes[part.status * 2 + (part.failed ? 1 : 0)] ?? this.#addOutcome(part.status, part.failed);
      outcome.merge(part);
    }
    this.bytesSent += delta.bytesSent;
    this.bytesReceived += delta.bytesReceived;
    for (const [message, count] of delta.errors) this.countError(message, count);
  }

  #addOutcome(status: number, failed: boolean): Outcome {
    const isKept =
      Number.isInteger(status) && status >= 0 && status < OTHER_STATUS && this.#used.length < MAX_OUTCOMES;
    const kept = isKept ? status : OTHER_STATUS;
    const slot = kept * 2 + (failed ? 1 : 0);
    const existing = this.#outcomes[slot];
    if (existing) return existing;
    const outcome = new Outcome(kept, failed);
    this.#outcomes[slot] = outcome;
    this.#used.push(outcome);
    return outcome;
  }
}
