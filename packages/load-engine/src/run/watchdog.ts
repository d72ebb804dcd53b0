/** Ends threads that do not end: one whose code blocks its event loop can neither see its end nor hear of it. */
import { LONGEST_TIMER_MS } from '../durations.ts';
import type { CrewMember } from './crew.ts';

/** How long a thread may be silent after the time at which it should have ended. */
const SILENCE_MS = 3000;

export class Watchdog {
  #timer: NodeJS.Timeout | undefined;

  /** They are to have ended in so many milliseconds. Takes the place of what was said before. */
  watch(members: readonly CrewMember[], untilEndMs: number): void {
    this.rest();
    if (members.length === 0) return;
    this.#timer = setTimeout(
      () => {
        for (const member of members) {
          member.terminate('did not end when it should have: code of the scenario blocks its event loop.');
        }
      },
      Math.min(untilEndMs + SILENCE_MS, LONGEST_TIMER_MS),
    );
  }

  rest(): void {
    clearTimeout(this.#timer);
  }
}
