// What people do with campaigns, apart from running them, and the sentences for what they cannot do.
import type { CampaignLog, CampaignStates } from '@trafficflux/campaigns';
import type { AllowList } from '@trafficflux/targets';
import type { Announcements } from '../announcements/announcements.ts';
import { badRequest, notFound } from '../errors.ts';
import type { ProfileRepository } from '../profiles/repository.ts';
import { type CampaignRow, type CampaignView, toCampaignId, toCampaignView } from './campaign.ts';
import type { CampaignPatch, CampaignSettings } from './fields.ts';
import { assertMayGoLive } from './live-target.ts';
import type { CampaignRepository } from './repository.ts';
import { assertSize } from './settings-size.ts';

export interface CampaignService {
  create(settings: CampaignSettings): Promise<CampaignView>;
  get(id: string): Promise<CampaignView>;
  /** A run that is under way goes on as it was planned; the next one has the new settings. */
  update(id: string, patch: CampaignPatch): Promise<CampaignView>;
  /** Stops it first, so that nothing is written afterwards. */
  delete(id: string): Promise<void>;
}

export interface CampaignServiceOptions {
  readonly campaigns: CampaignRepository;
  readonly profiles: Pick<ProfileRepository, 'findUnknown'>;
  readonly states: Pick<CampaignStates, 'remove'>;
  readonly allowList: AllowList;
  readonly log: CampaignLog;
  readonly announcements: Announcements;
}

export function createCampaignService(options: CampaignServiceOptions): CampaignService {
  const { campaigns, states, log, announcements } = options;
  return {
    async create(settings) {
      await check(options, settings);
      const view = toCampaignView(await campaigns.create(settings));
      log.write({ campaignId: view.id, event: 'created', message: 'Campaign created' });
      return view;
    },

    async get(id) {
      const row = await campaigns.find(existing(id));
      if (row === null) throw sessionNotFound();
      return toCampaignView(row);
    },

    async update(id, patch) {
      const row = await campaigns.update(existing(id), async (before) => {
        await check(options, { ...toSettings(before), ...patch }, patch);
        return patch;
      });
      if (row === null) throw sessionNotFound();
      if (Object.keys(patch).length > 0)
        log.write({ campaignId: row.id, event: 'updated', message: 'Campaign updated' });
      return toCampaignView(row);
    },

    async delete(id) {
      const row = await campaigns.find(existing(id));
      if (row === null || !(await states.remove(id))) throw sessionNotFound();
      log.write({ campaignId: id, event: 'deleted', message: 'Campaign deleted' });
      announcements.tellWorkers(id, Number.MAX_SAFE_INTEGER);
      announcements.tellWatchers({ type: 'deleted', row });
    },
  };
}

/** What only the whole campaign tells. Profiles that it has already are not asked for again: they may be deleted. */
async function check(
  { profiles, allowList }: Pick<CampaignServiceOptions, 'profiles' | 'allowList'>,
  settings: Omit<CampaignSettings, 'name'>,
  patch: CampaignPatch = settings,
): Promise<void> {
  const unknown = await profiles.findUnknown(patch.userProfileIds ?? []);
  if (unknown.length > 0) throw badRequest(`Invalid user_profile_ids: ${JSON.stringify(unknown)}`);
  assertSize(settings);
  assertMayGoLive(settings, allowList);
}

/** As the row has them; what was stored passed the rules. */
function toSettings(row: CampaignRow): CampaignSettings {
  return row as unknown as CampaignSettings;
}

function existing(id: string): string {
  const known = toCampaignId(id);
  if (known === null) throw sessionNotFound();
  return known;
}

function sessionNotFound() {
  return notFound('Session not found');
}
