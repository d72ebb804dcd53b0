/** What the coordinator and its threads say to each other. */
import type { HandOverLine } from './hand-over.ts';
import type { LoadJob } from './job.ts';
import type { LoopHealth } from './loop-watch.ts';

/** What is said to whoever generates load; the same on the caller's own event loop. */
export type Command =
  | { readonly type: 'start' }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  /** Users, or starts per second, of a part, from `atMs` of the load's clock on. */
  | { readonly type: 'scale'; readonly part: number; readonly level: number; readonly atMs: number }
  | { readonly type: 'drain'; readonly part: number }
  | { readonly type: 'close' }
  | { readonly type: 'cut'; readonly reason: string };

export type FromThread =
  | { type: 'ready' }
  /** The thread could not begin: its scenario did not load. */
  | { type: 'refused'; message: string }
  | { type: 'exhausted'; part: number }
  /** To be shown to whoever watches the run. */
  | { type: 'text'; text: string }
  /** What it has counted was handed over before. */
  | { type: 'ended'; health: LoopHealth };

/** What a thread is born with. */
export interface ThreadData {
  readonly job: LoadJob;
  readonly line: HandOverLine;
}

/** How often a thread hands over what it has counted. */
export const INTERVAL_MS = 500;
