// Runs of campaigns: begun, ended, suspended, continued. PostgreSQL decides; workers, watchers and the log are told after it.
import type {
  CampaignStates,
  CampaignStatus,
  RunPlan,
  StartedRun,
  StateChange,
  StateOutcome,
} from '@trafficflux/campaigns';
import { type CampaignRow, toCampaignId } from '../campaigns/campaign.ts';
import type { CampaignRepository } from '../campaigns/repository.ts';
import type { Planner } from './planner.ts';
import * as refusals from './refusals.ts';
import type { RunNews } from './run-news.ts';

export interface Begun {
  readonly plan: RunPlan;
  readonly run: StartedRun;
}

export type StatusOutcome = Extract<StateOutcome, { kind: 'changed' | 'unchanged' }>;

/** @throws {AppError} with the documented sentence for what cannot be done */
export interface RunService {
  /** Begins a run of a campaign that is `running`. */
  start(id: string): Promise<Begun>;
  /** Begins a run of a stopped or failed campaign, with the time that the one before had left. */
  resume(id: string): Promise<Begun>;
  /** Once it has resolved, nothing more is written. */
  stop(id: string): Promise<void>;
  /** Ends what runs, for any id; entries are kept unless they are purged. Once it has resolved, nothing more is written. */
  cleanup(id: string, purge: boolean): Promise<void>;
  changeStatus(id: string, to: CampaignStatus): Promise<StatusOutcome>;
}

export interface RunServiceOptions {
  readonly campaigns: Pick<CampaignRepository, 'find'>;
  readonly states: CampaignStates;
  readonly planner: Planner;
  readonly news: RunNews;
  /** Rejects when the queue is away. */
  readonly pingQueue: () => Promise<void>;
}

/** In the history of states. */
const BY = 'campaigns-api';

export function createRunService(options: RunServiceOptions): RunService {
  const { states, planner, news, pingQueue } = options;
  return {
    async start(id) {
      const row = await getRow(options, id);
      const status = row.status as CampaignStatus;
      if (row.isGenerating) throw refusals.alreadyGenerating(id, status);
      if (status !== 'running') throw refusals.notRunning(id, status);
      const plan = await planner(row);
      await pingQueue();
      const outcome = await states.start(id, plan, BY);
      if (outcome.kind === 'not-running') throw refusals.notRunning(id, outcome.status);
      return begun(options, id, plan, outcome);
    },

    async resume(id) {
      const row = await getRow(options, id);
      const status = row.status as CampaignStatus;
      if (status !== 'stopped' && status !== 'error') throw refusals.notResumable(id, status);
      const plan = await planner(row);
      await pingQueue();
      const outcome = await states.resume(id, plan, BY);
      if (outcome.kind === 'not-running') throw refusals.notResumable(id, outcome.status);
      if (outcome.kind === 'no-time-left') throw refusals.noTimeLeft(id);
      return begun(options, id, plan, outcome);
    },

    async stop(id) {
      const change = toCampaignId(id) === null ? null : await states.stop(id, BY);
      if (change === null) throw refusals.nothingToStop();
      await news.changed(change, 'stopped', 'Traffic generation stopped');
    },

    async cleanup(id, purge) {
      if (toCampaignId(id) === null) throw refusals.campaignNotFound(id);
      const change = await states.cleanup(id, purge, BY);
      await news.cleanedUp(id, change, purge);
    },

    async changeStatus(id, to) {
      if (toCampaignId(id) === null) throw refusals.campaignNotFound(id);
      const outcome = await states.change(id, to, BY);
      if (outcome.kind === 'not-found') throw refusals.campaignNotFound(id);
      if (outcome.kind === 'already-generating') throw refusals.alreadyRunning(id, outcome.status);
      if (outcome.kind === 'refused')
        throw refusals.invalidTransition(id, outcome.status, to, outcome.allowed);
      if (outcome.kind === 'changed') await news.changed(outcome.change, 'status', describe(outcome.change));
      return outcome;
    },
  };
}

async function getRow({ campaigns }: RunServiceOptions, id: string): Promise<CampaignRow> {
  const row = toCampaignId(id) === null ? null : await campaigns.find(id);
  if (row === null) throw refusals.campaignNotFound(id);
  return row;
}

/** Somebody may have been quicker. */
async function begun(
  { news }: RunServiceOptions,
  id: string,
  plan: RunPlan,
  outcome: { kind: 'started'; run: StartedRun } | { kind: 'already-generating' } | { kind: 'not-found' },
): Promise<Begun> {
  if (outcome.kind === 'not-found') throw refusals.campaignNotFound(id);
  if (outcome.kind === 'already-generating') throw refusals.alreadyGenerating(id, 'running');
  await news.began(outcome.run);
  return { plan, run: outcome.run };
}

function describe({ previousStatus, status }: StateChange): string {
  return `Status changed from '${previousStatus}' to '${status}'`;
}
