// Plans a run, or says why the campaign cannot have one.
import type { RunPlan } from '@trafficflux/campaigns';
import type { AllowList } from '@trafficflux/targets';
import type { CampaignRow } from '../campaigns/campaign.ts';
import type { CampaignSettings } from '../campaigns/fields.ts';
import { assertMayGoLive } from '../campaigns/live-target.ts';
import { badRequest } from '../errors.ts';
import type { ProfileRepository } from '../profiles/repository.ts';
import { toRunPlan } from './plan.ts';
import { assertCanStart } from './start-rules.ts';

/** @throws {AppError} `bad-request`; `forbidden` for a live campaign whose target is not, or no longer, allowed */
export type Planner = (row: CampaignRow) => Promise<RunPlan>;

export interface PlannerOptions {
  readonly profiles: Pick<ProfileRepository, 'findEach'>;
  readonly allowList: AllowList;
}

export function createPlanner({ profiles, allowList }: PlannerOptions): Planner {
  return async (row) => {
    assertCanStart(row);
    assertMayGoLive(row as unknown as CampaignSettings, allowList);
    const ids = [...new Set(row.userProfileIds as string[])];
    const found = ids.length === 0 ? [] : await profiles.findEach(ids);
    const unknown = ids.filter((id) => !found.some((profile) => profile.id === id));
    // They were there when the campaign got them, and were deleted since.
    if (unknown.length > 0) throw badRequest(`Invalid user_profile_ids: ${JSON.stringify(unknown)}`);
    return toRunPlan(row, found);
  };
}
