// The statistics of campaigns, which workers keep in the campaigns' rows: reading them is as quick for any number of entries.
import type { CampaignStatus } from '@trafficflux/campaigns';
import type { Prisma, PrismaClient } from '@trafficflux/campaigns/prisma';

const TRAFFIC = {
  id: true,
  status: true,
  isGenerating: true,
  lastSequence: true,
  successfulRequests: true,
  responseTimeUs: true,
  firstEntryAt: true,
  lastEntryAt: true,
} as const;

/** As of one moment. */
export type TrafficRow = Prisma.CampaignGetPayload<{ select: typeof TRAFFIC }>;
export type WatchedRow = Prisma.CampaignGetPayload<{ select: typeof TRAFFIC & { lastEntry: true } }>;

export interface DistinctValues {
  readonly geoLocations: number;
  readonly deviceModels: number;
  readonly adFormats: number;
}

export interface TrafficRepository {
  /** With the last entry. */
  find(id: string): Promise<WatchedRow | null>;
  /** With the numbers of different values in its entries. */
  findWithValues(id: string): Promise<(TrafficRow & DistinctValues) | null>;
  /** Running and paused campaigns in the order of their creation. */
  listActive(): Promise<TrafficRow[]>;
}

const ACTIVE: CampaignStatus[] = ['running', 'paused'];

export function createTrafficRepository(prisma: PrismaClient): TrafficRepository {
  return {
    find: (id) => prisma.campaign.findUnique({ where: { id }, select: { ...TRAFFIC, lastEntry: true } }),

    // One statement, so that the numbers belong together.
    async findWithValues(id) {
      const rows = await prisma.$queryRaw<(TrafficRow & DistinctValues)[]>`
        SELECT id, status, is_generating AS "isGenerating", last_sequence AS "lastSequence",
          successful_requests AS "successfulRequests", response_time_us AS "responseTimeUs",
          first_entry_at AS "firstEntryAt", last_entry_at AS "lastEntryAt", distinct_values.*
        FROM campaigns CROSS JOIN LATERAL (
          SELECT count(*) FILTER (WHERE kind = 'geo_location')::int AS "geoLocations",
            count(*) FILTER (WHERE kind = 'device_model')::int AS "deviceModels",
            count(*) FILTER (WHERE kind = 'ad_format')::int AS "adFormats"
          FROM campaign_values WHERE campaign_id = campaigns.id AND value <> ''
        ) AS distinct_values
        WHERE id = ${id}`;
      return rows[0] ?? null;
    },

    listActive: () =>
      prisma.campaign.findMany({
        where: { status: { in: ACTIVE } },
        orderBy: { number: 'asc' },
        select: TRAFFIC,
      }),
  };
}
