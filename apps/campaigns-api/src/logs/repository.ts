// Lines of campaigns' logs in PostgreSQL.
import type { Prisma, PrismaClient } from '@trafficflux/campaigns/prisma';

export type LogRow = Prisma.CampaignLogGetPayload<object>;

export interface Newest {
  readonly limit: number;
  readonly offset: number;
}

export interface LogRepository {
  /** False if the campaign is unknown. */
  add(campaignId: string, line: { level: string; message: string }): Promise<boolean>;
  /** The newest lines of a campaign, the newest first; null if it is unknown. */
  listOf(campaignId: string, page: Newest): Promise<LogRow[] | null>;
  /** What happened to all campaigns, the newest first; without the lines of people. */
  listEvents(page: Newest): Promise<LogRow[]>;
}

/** The event of lines that people write. */
const BY_HAND = 'log';

export function createLogRepository(prisma: PrismaClient): LogRepository {
  const list = (where: Prisma.CampaignLogWhereInput, { limit, offset }: Newest) =>
    prisma.campaignLog.findMany({ where, orderBy: { id: 'desc' }, skip: offset, take: limit });
  return {
    async add(campaignId, { level, message }) {
      const added = await prisma.$executeRaw`
        INSERT INTO campaign_logs (campaign_id, level, event, message)
        SELECT id, ${level}, ${BY_HAND}, ${message} FROM campaigns WHERE id = ${campaignId}`;
      return added > 0;
    },

    async listOf(campaignId, page) {
      const campaign = await prisma.campaign.findUnique({ where: { id: campaignId }, select: { id: true } });
      return campaign === null ? null : list({ campaignId }, page);
    },

    listEvents: (page) => list({ event: { not: BY_HAND } }, page),
  };
}
