/** What the coordinator and its threads say to each other. */
import type { RecorderDelta } from '../record/recorder.ts';
import type { LoopHealth } from './loop-watch.ts';

export type ToThread =
  | { type: 'start' }
  | { type: 'drain' }
  | { type: 'close' }
  | { type: 'cut'; reason: string };

export type FromThread =
  | { type: 'ready' }
  /** The thread could not begin: its scenario did not load. */
  | { type: 'refused'; message: string }
  | { type: 'interval'; delta: RecorderDelta; activeUsers: number }
  | { type: 'exhausted' }
  | { type: 'ended'; delta: RecorderDelta; health: LoopHealth };

/** How often a thread hands over what it has counted. */
export const INTERVAL_MS = 500;
