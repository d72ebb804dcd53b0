// When questions are asked: those of one moment together, one round after the other, never faster than a pace.

export interface RoundsOptions<Question> {
  /** Asks and answers all of them. Must not reject. Returns whether the stores answered. */
  readonly ask: (questions: readonly Question[]) => Promise<boolean>;
  /** Between the starts of two rounds. */
  readonly paceMs: number;
  /** The same after a round that the stores did not answer. */
  readonly paceWhileAwayMs: number;
}

export interface Rounds<Question> {
  /** For a round that starts after this call. */
  add(question: Question): void;
  /** Questions whose round has not ended. */
  readonly waiting: number;
  /** Resolves when no round runs; questions that wait for one are returned. */
  close(): Promise<readonly Question[]>;
}

export function createRounds<Question>(options: RoundsOptions<Question>): Rounds<Question> {
  let line: Question[] = [];
  let running: Promise<void> | null = null;
  let asked = 0;
  let isPlanned = false;
  let isClosed = false;
  let mayStartAt = 0;
  let timer: NodeJS.Timeout | undefined;

  /** Sets the next round where there are questions and nothing is set or runs already. */
  function plan(): void {
    if (isPlanned || running !== null || isClosed || line.length === 0) return;
    isPlanned = true;
    const waitMs = mayStartAt - performance.now();
    // Behind all that came from sockets in this turn of the event loop, so that it is one round.
    if (waitMs <= 0) setImmediate(start);
    else timer = setTimeout(start, waitMs);
  }

  function start(): void {
    isPlanned = false;
    if (isClosed) return;
    const questions = line;
    line = [];
    asked = questions.length;
    running = run(questions);
  }

  async function run(questions: readonly Question[]): Promise<void> {
    const startedAt = performance.now();
    const isAnswered = await options.ask(questions);
    mayStartAt = startedAt + (isAnswered ? options.paceMs : options.paceWhileAwayMs);
    asked = 0;
    running = null;
    plan();
  }

  return {
    add(question) {
      line.push(question);
      plan();
    },
    get waiting() {
      return line.length + asked;
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await running;
      return line.splice(0);
    },
  };
}
