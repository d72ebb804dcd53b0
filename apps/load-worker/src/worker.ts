/** A load worker: it takes runs, paces them, writes what they finish, and hands them over when it ends. */
import type { Logger } from '@trafficflux/service-kit';
import { parseAllowList } from '@trafficflux/targets';
import type { Config } from './config.ts';
import { type Counts, createCounts } from './counts.ts';
import { createCampaignEvents, startProgress } from './events/campaign-events.ts';
import { createAdoption } from './leases/adoption.ts';
import { createClaims } from './leases/claims.ts';
import { handOver } from './leases/hand-over.ts';
import { startPresence } from './leases/presence.ts';
import { startReconciler } from './leases/reconciler.ts';
import { startRenewal } from './leases/renewal.ts';
import { listenForSignals } from './leases/signals.ts';
import { listenForWakeUps } from './leases/wake-ups.ts';
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
  /** Writes what is finished, and gives its runs up for others to take at once. */
  close(): Promise<void>;
}

/** Starts at once, whether or not its stores are there. */
export function startWorker(config: Config, stores: Stores, logger: Logger): Worker {
  const { ownership, chunks, queue, bus, log } = stores;
  const { name: worker, leaseMs, capacity } = config.worker;
  const trouble = (sentence: string) => new Trouble(logger, sentence);
  const runs = new Runs();
  const counts = createCounts();
  const events = createCampaignEvents(bus, worker, trouble('events cannot be published'));
  const lose = (reason: string) => (run: { readonly campaignId: string }) => giveUp(run.campaignId, reason);

  function giveUp(campaignId: string, reason: string): void {
    const run = runs.find(campaignId);
    if (run === undefined || !runs.drop(run)) return;
    counts.lost++;
    logger.info({ campaign_id: campaignId, reason }, 'gave a run up');
  }

  const flush = new Flush({
    writer: chunks,
    runs,
    trouble: trouble('chunks cannot be written'),
    onWritten: (chunk) => counts.addChunk(chunk),
    onFenced: lose('a write was fenced'),
    onFailed: () => counts.failedWrites++,
    onBeat() {
      pace.look();
      wakeUps.adjust();
    },
    onFlushed: () => pace.look(),
  });
  const pace = new Pace({
    runs,
    frozenAfterMs: leaseMs,
    onUrgent: () => flush.now(),
    onOver: (run) => void end(run),
    onStuck: lose('nothing could be stored'),
    onFrozen() {
      for (const run of runs) giveUp(run.campaignId, 'the process was frozen');
      reconciler.wake();
    },
  });
  const end = createEnding({
    ownership,
    worker,
    runs,
    events,
    log,
    trouble: trouble('runs cannot be ended'),
  });
  const adopt = createAdoption({
    ownership,
    worker,
    runs,
    events,
    log,
    counts,
    context: {
      allowList: parseAllowList(config.targetAllowlist),
      live: config.live,
      onFinished: () => {},
    },
    onAdopted: () => pace.look(),
  });
  const claims = createClaims({ ownership, worker, capacity, runs, adopt });
  const wakeUps = listenForWakeUps(queue, claims, logger);
  const reconciler = startReconciler(claims, trouble('runs without an owner cannot be looked for'));
  const renewal = startRenewal({
    ownership,
    worker,
    leaseMs,
    runs,
    trouble: trouble('leases cannot be renewed'),
    onLost: lose('it is no longer this worker’s'),
  });
  const signals = listenForSignals({
    bus,
    runs,
    trouble: trouble('signals cannot be heard'),
    onLost: lose('a signal said so'),
    onGap: () => renewal.renewAll(),
  });
  const presence = startPresence(ownership, config.worker, runs, trouble('this worker cannot be shown'));
  const progress = startProgress(runs, events);
  return {
    get campaigns() {
      return runs.size;
    },
    counts,
    async close() {
      await Promise.all([wakeUps.close(), reconciler.stop(), progress.stop()]);
      await handOver({ ownership, worker, runs, flush, logger });
      pace.close();
      await Promise.all([renewal.stop(), signals.stop(), presence.stop()]);
      await ownership.leave(worker).catch((error) => logger.warn({ err: error }, 'could not take leave'));
      await log.settle();
    },
  };
}
