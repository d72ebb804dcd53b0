/** How starts kept to their plan: those of iterations that were to begin at a time of the clock. */
import { Histogram } from './histogram.ts';

export interface StartDelta {
  readonly started: number;
  readonly dropped: number;
  /** Null where nothing started. */
  readonly lateness: ArrayBuffer | null;
}

export class StartRecorder {
  started = 0;
  /** Due, and not started: all users were busy. */
  dropped = 0;
  /** Of starts, by the generator's own fault. */
  readonly lateness = new Histogram();

  /** `lateMs` after its time, in milliseconds. */
  record(lateMs: number): void {
    this.started += 1;
    this.lateness.record(lateMs);
  }

  takeDelta(): StartDelta {
    const { started, dropped } = this;
    const lateness = started > 0 ? this.lateness.toBuffer() : null;
    this.started = 0;
    this.dropped = 0;
    this.lateness.clear();
    return { started, dropped, lateness };
  }

  merge({ started, dropped, lateness }: StartDelta): void {
    this.started += started;
    this.dropped += dropped;
    if (lateness !== null) this.lateness.mergeBuffer(lateness);
  }
}
