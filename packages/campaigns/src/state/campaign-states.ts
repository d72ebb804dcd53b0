/** Changes of state, each one transaction: the table, the epoch, the history and the run's clock change together or not at all. */
import type { RunPlan } from '../plan.ts';
import type { CampaignStatus } from '../status.ts';

export interface StateChange {
  readonly campaignId: string;
  readonly previousStatus: CampaignStatus;
  readonly status: CampaignStatus;
  /** The campaign's epoch after the change: whoever holds an older one has lost it. */
  readonly epoch: number;
  readonly run: number;
  /** What it did to the run. */
  readonly effect: 'none' | 'suspend' | 'continue' | 'end';
  readonly at: Date;
}

export type StateOutcome =
  | { readonly kind: 'changed'; readonly change: StateChange }
  | { readonly kind: 'unchanged'; readonly status: CampaignStatus; readonly at: Date }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'already-generating'; readonly status: CampaignStatus }
  | {
      readonly kind: 'refused';
      readonly status: CampaignStatus;
      readonly allowed: readonly CampaignStatus[];
    };

export interface StartedRun {
  readonly campaignId: string;
  readonly run: number;
  readonly epoch: number;
  readonly threadId: string;
}

export type StartOutcome =
  | { readonly kind: 'started'; readonly run: StartedRun }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'already-generating' }
  | { readonly kind: 'not-running'; readonly status: CampaignStatus };

export interface CampaignStates {
  /** PUT …/status: what `transition` says, against the row as it is then; races are decided by the row. */
  change(campaignId: string, to: CampaignStatus, changedBy: string): Promise<StateOutcome>;
  /** /generate: begins run n + 1 with this plan. Only a campaign that is `running` and not generating starts. */
  start(campaignId: string, plan: RunPlan, changedBy: string): Promise<StartOutcome>;
  /**
   * /resume: begins run n + 1 of a `stopped` or failed campaign with the time left of the run before, whose grid it goes
   * on with; its status becomes `running` on the way. The plan has the whole duration: what is left is computed here.
   */
  resume(
    campaignId: string,
    plan: RunPlan,
    changedBy: string,
  ): Promise<StartOutcome | { readonly kind: 'no-time-left' }>;
  /** /stop: null if it does not generate. */
  stop(campaignId: string, changedBy: string): Promise<StateChange | null>;
  /**
   * /cleanup: ends the run, makes anything but a completed campaign `stopped`; with `purge` its entries and statistics go
   * too. Null if the status did not change: unknown, completed, or stopped before.
   */
  cleanup(campaignId: string, purge: boolean, changedBy: string): Promise<StateChange | null>;
  /** DELETE: false if unknown. Ends the run first, so that nothing is written after. */
  remove(campaignId: string): Promise<boolean>;
}
