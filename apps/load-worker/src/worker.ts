/** A load worker: it takes runs, paces them, writes what they finish, and hands them over when it ends. */
import { type Logger, withinLimit } from '@trafficflux/service-kit';
import { parseAllowList } from '@trafficflux/targets';
import type { Config } from './config.ts';
import { type Counts, createCounts } from './counts.ts';
import { type CampaignEvents, createCampaignEvents, startProgress } from './events/campaign-events.ts';
import { createAdoption } from './leases/adoption.ts';
import { type Claims, createClaims } from './leases/claims.ts';
import { handOver } from './leases/hand-over.ts';
import { startPresence } from './leases/presence.ts';
import { startReconciler } from './leases/reconciler.ts';
import { type Renewal, startRenewal } from './leases/renewal.ts';
import { createSettling, type Settling } from './leases/settling.ts';
import { listenForSignals } from './leases/signals.ts';
import { listenForWakeUps, type WakeUps } from './leases/wake-ups.ts';
import type { Repeated } from './repeat.ts';
import type { CampaignRun } from './runs/campaign-run.ts';
import { createEnding } from './runs/ending.ts';
import { Pace } from './runs/pace.ts';
import { Runs } from './runs/runs.ts';
import type { Stores } from './stores/stores.ts';
import { Trouble } from './trouble.ts';
import { Flush } from './writing/flush.ts';

export interface Worker {
  /** That it runs now. */
  readonly campaigns: number;
  readonly counts: Readonly<Counts>;
  /** Writes what is finished, and gives its runs up for others to take at once; within half of the grace of a shutdown. */
  close(): Promise<void>;
}

/** Of the grace; closing the stores needs some of it too. */
const HAND_OVER_SHARE = 0.5;

/** Starts at once, whether or not its stores are there. */
export function startWorker(config: Config, stores: Stores, logger: Logger): Worker {
  return new LoadWorker(config, stores, logger);
}

class LoadWorker implements Worker {
  readonly counts = createCounts();
  readonly #config: Config;
  readonly #stores: Stores;
  readonly #logger: Logger;
  readonly #runs = new Runs();
  readonly #events: CampaignEvents;
  readonly #settling: Settling;
  readonly #flush: Flush;
  readonly #pace: Pace;
  readonly #claims: Claims;
  readonly #wakeUps: WakeUps;
  readonly #reconciler: Repeated;
  readonly #renewal: Renewal;
  readonly #signals: { stop(): Promise<void> };
  readonly #presence: Repeated;
  readonly #progress: Repeated;

  constructor(config: Config, stores: Stores, logger: Logger) {
    this.#config = config;
    this.#stores = stores;
    this.#logger = logger;
    this.#events = createCampaignEvents(
      stores.bus,
      config.worker.name,
      this.#trouble('events cannot be published'),
    );
    this.#settling = createSettling(stores.ownership, this.#trouble('what was sent cannot be written down'));
    this.#flush = this.#createFlush();
    this.#pace = this.#createPace();
    this.#claims = this.#createClaims();
    this.#wakeUps = listenForWakeUps(stores.queue, this.#claims, logger);
    this.#reconciler = startReconciler(
      this.#claims,
      this.#trouble('runs without an owner cannot be looked for'),
    );
    this.#renewal = this.#startRenewal();
    this.#signals = this.#listenForSignals();
    this.#presence = this.#startPresence();
    this.#progress = startProgress(this.#runs, this.#events);
  }

  get campaigns(): number {
    return this.#runs.size;
  }

  async close(): Promise<void> {
    this.#claims.close();
    const { graceMs } = this.#config.http.shutdown;
    if (await withinLimit(this.#end(), graceMs * HAND_OVER_SHARE)) return;
    // What waits for an answer would outlast the grace. Nothing that was promised is lost: the leases see to it.
    this.#logger.warn(
      { campaigns: this.#runs.size },
      'the database does not answer: its runs are free when their leases are over',
    );
    for (const run of [...this.#runs]) this.#runs.drop(run);
    this.#pace.close();
  }

  async #end(): Promise<void> {
    const beforehand = Promise.all([this.#wakeUps.close(), this.#reconciler.stop(), this.#progress.stop()]);
    await this.#presence.stop();
    await handOver({ ...this.#owner, flush: this.#flush, logger: this.#logger });
    this.#pace.close();
    await Promise.all([beforehand, this.#renewal.stop(), this.#signals.stop()]);
    await Promise.all([this.#settling.finish(), this.#stores.log.settle()]);
  }

  #createFlush(): Flush {
    return new Flush({
      writer: this.#stores.chunks,
      runs: this.#runs,
      trouble: this.#trouble('chunks cannot be written'),
      onWritten: (chunk) => this.counts.addChunk(chunk),
      onFenced: (run) => this.#giveUp(run, 'a write was fenced'),
      onFailed: () => this.counts.failedWrites++,
      onBeat: () => {
        this.#pace.look();
        this.#wakeUps.adjust();
      },
      onFlushed: () => this.#pace.look(),
    });
  }

  #createPace(): Pace {
    const end = createEnding({
      ...this.#owner,
      trouble: this.#trouble('runs cannot be ended'),
    });
    return new Pace({
      runs: this.#runs,
      frozenAfterMs: this.#config.worker.leaseMs,
      onUrgent: () => this.#flush.now(),
      onOver: (run) => void end(run),
      onStuck: (run) => this.#giveUp(run, 'nothing could be stored'),
      onFrozen: () => {
        for (const run of this.#runs) this.#giveUp(run, 'the process was frozen');
        this.#reconciler.wake();
      },
    });
  }

  #createClaims(): Claims {
    const { targetAllowlist, live, worker } = this.#config;
    const adopt = createAdoption({
      ...this.#owner,
      counts: this.counts,
      context: { allowList: parseAllowList(targetAllowlist), live },
      onAdopted: () => this.#pace.look(),
    });
    return createClaims({ ...this.#owner, capacity: worker.capacity, adopt });
  }

  #startRenewal(): Renewal {
    return startRenewal({
      ...this.#owner,
      leaseMs: this.#config.worker.leaseMs,
      trouble: this.#trouble('leases cannot be renewed'),
      onLost: (run) => this.#giveUp(run, 'it was stopped, paused or taken over'),
    });
  }

  #listenForSignals() {
    return listenForSignals({
      bus: this.#stores.bus,
      runs: this.#runs,
      trouble: this.#trouble('signals cannot be heard'),
      onLost: (run) => this.#giveUp(run, 'a signal said so'),
      onGap: () => this.#renewal.renewAll(),
    });
  }

  #startPresence(): Repeated {
    return startPresence(
      this.#stores.ownership,
      this.#config.worker,
      this.#runs,
      this.#trouble('this worker cannot be shown'),
    );
  }

  /** What most parts need to act for this worker. */
  get #owner() {
    const { ownership, log } = this.#stores;
    const { name: worker } = this.#config.worker;
    return { ownership, worker, runs: this.#runs, events: this.#events, log };
  }

  #giveUp(run: CampaignRun, reason: string): void {
    if (!this.#runs.drop(run)) return;
    this.counts.lost++;
    this.#settling.add(run);
    this.#logger.info({ campaign_id: run.campaignId, reason }, 'gave a run up');
  }

  #trouble(sentence: string): Trouble {
    return new Trouble(this.#logger, sentence);
  }
}
