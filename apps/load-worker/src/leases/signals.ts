/** Hears at once that a run was stopped or paused, which the next renewal would tell later. */
import { WORKER_TOPIC, type WorkerSignal } from '@trafficflux/campaigns';
import type { BusSubscription, EventBus } from '@trafficflux/event-bus';
import { repeat } from '../repeat.ts';
import type { CampaignRun } from '../runs/campaign-run.ts';
import type { Runs } from '../runs/runs.ts';
import type { Trouble } from '../trouble.ts';

const PAUSE_MS = 1000;

export interface SignalOptions {
  readonly bus: EventBus;
  readonly runs: Runs;
  readonly trouble: Trouble;
  readonly onLost: (run: CampaignRun) => void;
  /** Signals may have been missed. */
  readonly onGap: () => void;
}

export function listenForSignals(options: SignalOptions): { stop(): Promise<void> } {
  const { bus, runs, trouble, onLost, onGap } = options;
  let subscription: BusSubscription | undefined;

  function hear({ campaign_id, epoch }: Partial<WorkerSignal>): void {
    const run = typeof campaign_id === 'string' ? runs.find(campaign_id) : undefined;
    if (run !== undefined && typeof epoch === 'number' && run.epoch < epoch) onLost(run);
  }

  // The bus keeps a subscription over its own outages; only the first time it must be there.
  const subscribing = repeat(
    async () => {
      if (subscription !== undefined) return;
      subscription = await bus.subscribe(WORKER_TOPIC, {
        onEvent: ({ data }) => hear((data ?? {}) as Partial<WorkerSignal>),
        onGap,
      });
      trouble.passed();
      onGap();
    },
    () => PAUSE_MS,
    (error) => trouble.happened(error),
  );
  return {
    async stop() {
      await subscribing.stop();
      await subscription?.close();
    },
  };
}
