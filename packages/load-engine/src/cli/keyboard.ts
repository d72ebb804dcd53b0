/** Steers a run from the keyboard, where there is one. */
import type { ReadStream } from 'node:tty';
import type { LoadRun } from '../run/load-run.ts';

export const KEYS = 'p pause   + more   - fewer   q stop';

export interface Steering {
  readonly run: Pick<LoadRun, 'isPaused' | 'pause' | 'resume' | 'scale' | 'progress'>;
  /** Of a load by the clock, its rate now; null for users in loops. */
  readonly rate: number | null;
  /** A run without users and rate to change has neither. */
  readonly users: number;
  /** Ctrl-C, which a terminal in raw mode leaves to us, and q. */
  readonly onStop: () => void;
  readonly note: (sentence: string) => void;
}

const CTRL_C = '\u0003';
/** Of the level, and at least one user. */
const STEP = 0.1;

/** Reads keys until the returned function is called. Does nothing where the input is no terminal. */
export function listenToKeys(input: ReadStream, steering: Steering): () => void {
  if (!input.isTTY || typeof input.setRawMode !== 'function') return () => {};
  const keys = new Keys(steering);
  const read = (text: string): void => {
    for (const key of text) keys.press(key);
  };
  input.setRawMode(true);
  input.setEncoding('utf8');
  input.on('data', read);
  input.resume();
  return () => {
    input.off('data', read);
    input.setRawMode(false);
    input.pause();
  };
}

export class Keys {
  readonly #steering: Steering;
  #level: number;

  constructor(steering: Steering) {
    this.#steering = steering;
    this.#level = steering.rate ?? steering.users;
  }

  press(key: string): void {
    const { run, onStop, note } = this.#steering;
    switch (key) {
      case 'p':
      case ' ':
        if (run.isPaused) run.resume();
        else run.pause();
        note(run.isPaused ? 'Paused: p goes on.' : 'Going on.');
        return;
      case '+':
      case '=':
        this.#scale(1);
        return;
      case '-':
        this.#scale(-1);
        return;
      case 'q':
      case CTRL_C:
        onStop();
    }
  }

  #scale(direction: 1 | -1): void {
    const { run, rate, note } = this.#steering;
    const step = this.#level * STEP;
    const isRate = rate !== null;
    const next = isRate
      ? this.#level + direction * (step || 1)
      : Math.round(this.#level + direction * Math.max(1, step));
    this.#level = Math.max(0, Number(next.toPrecision(6)));
    run.scale(isRate ? { rate: this.#level } : { users: this.#level });
    note(isRate ? `${this.#level} starts per second.` : `${this.#level} users.`);
  }
}
