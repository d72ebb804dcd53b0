/** Who runs a campaign: claims with an epoch, leases of a few seconds, and what to do when a lease has run out. */
import type { RunPlan } from '../plan.ts';

/** What a worker gets with a claim. All times are the server's, so that no worker's clock matters. */
export interface OwnedRun {
  readonly campaignId: string;
  readonly run: number;
  readonly epoch: number;
  readonly plan: RunPlan;
  /** Null: no end. */
  readonly slots: number | null;
  /** The time that the run has had, in milliseconds, at `serverTime`. */
  readonly elapsedMs: number;
  /** Unix milliseconds of the server at the claim. */
  readonly serverTime: number;
  /** The first slot to make; slots that passed without a worker are counted as missed by the claim itself. */
  readonly nextSlot: number;
  readonly lastSequence: number;
  /** Of all the campaign's entries, for its events. */
  readonly successfulRequests: number;
  /** Live requests of all the campaign's runs, and all its slots without a request, those that this claim counted included. */
  readonly sentRequests: number;
  readonly missedRequests: number;
  /** Slots that this claim counted as missed. */
  readonly missed: number;
  /** Whether somebody ran it before: a take-over. */
  readonly isTakeOver: boolean;
  /** Entries of this run that are stored; a resumed run counts those before it in the same grid. */
  readonly runRequests: number;
}

export interface RunKey {
  readonly campaignId: string;
  readonly epoch: number;
}

/** What became of a live run up to its last request. Whole numbers of the campaign, so that twice is as good as once. */
export interface SentRecord {
  readonly nextSlot: number;
  readonly sentRequests: number;
  readonly missedRequests: number;
}

export interface WorkerPresence {
  readonly name: string;
  readonly host: string;
  readonly processId: number;
  /** How many campaigns it runs at most, and how many it runs now. */
  readonly capacity: number;
  readonly campaigns: number;
}

export interface OwnershipOptions {
  /** How long a claim lasts unless renewed, in milliseconds (default 3,000). */
  readonly leaseMs?: number;
}

export interface Ownership {
  /** Null if it does not generate, is paused, or is somebody's whose lease lasts. Raises the epoch. */
  claim(campaignId: string, worker: string): Promise<OwnedRun | null>;
  /** The reconciler: claims up to `limit` running campaigns that nobody owns. One worker at a time looks (advisory lock). */
  claimOrphans(worker: string, limit: number): Promise<readonly OwnedRun[]>;
  /** Ids of running campaigns that nobody owns, oldest first, at most `limit`. */
  findOrphans(limit: number): Promise<readonly { campaignId: string; run: number; epoch: number }[]>;
  /** Prolongs the leases; resolves with those that are still this worker's. The others are lost: stop at once. */
  renew(worker: string, runs: readonly RunKey[]): Promise<ReadonlySet<string>>;
  /** Gives runs up so that another worker may take them at once. */
  release(worker: string, runs: readonly RunKey[]): Promise<void>;
  /**
   * Writes down what a live run had sent when its worker learnt of a pause or a stop: those requests count, and are not
   * sent again, though no entry tells of them. Changes nothing once somebody went on with the run.
   */
  settle(run: RunKey, record: SentRecord): Promise<void>;
  /**
   * Ends a run for good: `completed`, or `error` with its reason. The elapsed time, end_time and history are written
   * in the same statement. False if it was no longer this epoch's to end; an end whose answer was lost is found again.
   */
  end(
    run: RunKey & { worker: string },
    status: 'completed' | 'error',
    reason: string | null,
  ): Promise<boolean>;
  /** Renews the worker's row; rows unseen for 10 s are dropped by whoever comes by. */
  beat(presence: WorkerPresence): Promise<void>;
  leave(worker: string): Promise<void>;
  /** Names of the workers seen in the last 5 s. */
  listWorkers(): Promise<readonly WorkerPresence[]>;
}
