// The messages of one connection in their order. Those that need a right wait until it is known that it is still there.

/** Something to do for a message. */
export interface Task {
  /** It needs an answer to who somebody is now that is younger than the message. */
  readonly needsStanding: boolean;
  /** Of the message: what waits is bounded. */
  readonly bytes: number;
  run(): void;
}

export interface InboxOptions {
  /** Calls back when it is known; the rights of the connection are then those of this moment. */
  readonly ask: (answered: () => void) => void;
  readonly pause: () => void;
  readonly resume: () => void;
}

const MAX_WAITING = 256;
const MAX_WAITING_BYTES = 256 * 1024;

export class Inbox {
  readonly #options: InboxOptions;
  #waiting: Task[] = [];
  #waitingBytes = 0;
  #isAsking = false;
  #isPaused = false;
  #isClosed = false;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  add(task: Task): void {
    if (this.#isClosed) return;
    if (this.#waiting.length === 0 && !task.needsStanding) {
      task.run();
      return;
    }
    this.#waiting.push(task);
    this.#waitingBytes += task.bytes;
    if (!this.#isAsking) this.#ask();
    if (!this.#isPaused && this.#isFull) {
      this.#isPaused = true;
      this.#options.pause();
    }
  }

  /** What waits is not done any more. */
  close(): void {
    this.#isClosed = true;
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  get #isFull(): boolean {
    return this.#waiting.length >= MAX_WAITING || this.#waitingBytes >= MAX_WAITING_BYTES;
  }

  /** The answer holds for what waits now; what comes later has to be asked for again. */
  #ask(): void {
    this.#isAsking = true;
    const covered = this.#waiting.length;
    this.#options.ask(() => {
      this.#isAsking = false;
      this.#run(covered);
    });
  }

  #run(covered: number): void {
    const tasks = this.#waiting;
    this.#waiting = [];
    let done = 0;
    while (done < tasks.length && !this.#isClosed) {
      const task = tasks[done] as Task;
      if (done >= covered && task.needsStanding) break;
      this.#waitingBytes -= task.bytes;
      done++;
      task.run();
    }
    if (this.#isClosed) return;
    // Nothing came in meanwhile: tasks do not bring messages.
    this.#waiting = tasks.slice(done);
    if (this.#waiting.length > 0) this.#ask();
    else if (this.#isPaused) {
      this.#isPaused = false;
      this.#options.resume();
    }
  }
}
