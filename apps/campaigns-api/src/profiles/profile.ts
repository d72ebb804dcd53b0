// A profile as its readers see it (contracts 2.1), from its row.
import type { JsonObject } from '@trafficflux/campaigns';
import type { ProfileRow } from './repository.ts';

export function toProfileView(row: ProfileRow) {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    demographics: row.demographics as JsonObject,
    device_preferences: row.devicePreferences as JsonObject,
    app_usage: row.appUsage as JsonObject,
    rtb_specifics: row.rtbSpecifics as JsonObject,
    referrers: row.referrers as JsonObject,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}
