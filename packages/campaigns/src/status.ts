/** The states of a campaign, and which may follow which: contracts section 2.2/12 as one pure function. */

export const STATUSES = ['draft', 'running', 'paused', 'completed', 'stopped', 'error'] as const;
export type CampaignStatus = (typeof STATUSES)[number];

const FOLLOWERS: Readonly<Record<CampaignStatus, readonly CampaignStatus[]>> = {
  draft: ['running', 'stopped', 'error'],
  running: ['paused', 'completed', 'stopped', 'error'],
  paused: ['running', 'completed', 'stopped', 'error'],
  stopped: ['draft', 'running', 'completed', 'error'],
  completed: ['draft', 'running'],
  error: ['draft', 'running', 'stopped'],
};

/** What a change of status does to the campaign's run. */
export type RunEffect = 'none' | 'suspend' | 'continue' | 'end';

export type Transition =
  | { readonly kind: 'none' }
  | { readonly kind: 'already-generating' }
  | { readonly kind: 'refused'; readonly allowed: readonly CampaignStatus[] }
  | {
      readonly kind: 'change';
      readonly from: CampaignStatus;
      readonly to: CampaignStatus;
      readonly run: RunEffect;
      readonly setsStartTime: boolean;
      readonly setsEndTime: boolean;
    };

export interface CampaignState {
  readonly status: CampaignStatus;
  /** From /generate to the end of its run; a paused campaign is generating. */
  readonly isGenerating: boolean;
}

/** Says what follows when a campaign in `state` is asked to become `to`. The same status again is no change. */
export function transition(state: CampaignState, to: CampaignStatus): Transition {
  const { status: from, isGenerating } = state;
  if (from === to)
    return from === 'running' && isGenerating ? { kind: 'already-generating' } : { kind: 'none' };
  const allowed = FOLLOWERS[from];
  if (!allowed.includes(to)) return { kind: 'refused', allowed };
  return {
    kind: 'change',
    from,
    to,
    run: isGenerating ? toRunEffect(to) : 'none',
    // A pause is no new start.
    setsStartTime: to === 'running' && from !== 'paused',
    setsEndTime: to === 'stopped' || to === 'completed' || to === 'error',
  };
}

export function isStatus(value: unknown): value is CampaignStatus {
  return STATUSES.some((status) => status === value);
}

function toRunEffect(to: CampaignStatus): RunEffect {
  if (to === 'paused') return 'suspend';
  return to === 'running' ? 'continue' : 'end';
}
