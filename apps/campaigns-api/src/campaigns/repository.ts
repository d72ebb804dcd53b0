// Campaigns in PostgreSQL: what people set. States and runs change through `CampaignStates` alone.
import type { Prisma, PrismaClient } from '@trafficflux/campaigns/prisma';
import { type CampaignRow, WITHOUT_RUN } from './campaign.ts';
import type { CampaignPatch, CampaignSettings } from './fields.ts';

export interface CampaignRepository {
  /** Gives it the next `session_<n>`. */
  create(settings: CampaignSettings): Promise<CampaignRow>;
  find(id: string): Promise<CampaignRow | null>;
  /**
   * Changes what `decide` returns for the campaign as it is; others who change it wait. Null if it is unknown; what
   * `decide` throws changes nothing.
   */
  update(id: string, decide: (row: CampaignRow) => Promise<CampaignPatch>): Promise<CampaignRow | null>;
  /** At most `limit` campaigns in the order of their creation, after the number `after`. */
  list(page: { after: bigint | null; offset: number; limit: number }): Promise<CampaignRow[]>;
}

export function createCampaignRepository(prisma: PrismaClient): CampaignRepository {
  return {
    async create(settings) {
      const number = await takeNumber(prisma);
      const data = { ...(settings as Prisma.CampaignCreateInput), id: `session_${number}`, number };
      return prisma.campaign.create({ data, omit: WITHOUT_RUN });
    },

    find: (id) => prisma.campaign.findUnique({ where: { id }, omit: WITHOUT_RUN }),

    update: (id, decide) =>
      prisma.$transaction(async (transaction) => {
        // Not against the workers' inserts of chunks, which lock the key.
        await transaction.$queryRaw`SELECT FROM campaigns WHERE id = ${id} FOR NO KEY UPDATE`;
        const row = await transaction.campaign.findUnique({ where: { id }, omit: WITHOUT_RUN });
        if (row === null) return null;
        const patch = await decide(row);
        if (Object.keys(patch).length === 0) return row;
        const data = { ...(patch as Prisma.CampaignUpdateInput), updatedAt: new Date() };
        return transaction.campaign.update({ where: { id }, data, omit: WITHOUT_RUN });
      }),

    list: ({ after, offset, limit }) =>
      prisma.campaign.findMany({
        ...(after !== null && { where: { number: { gt: after } } }),
        orderBy: { number: 'asc' },
        skip: offset,
        take: limit,
        omit: WITHOUT_RUN,
      }),
  };
}

/** Never given twice, also after a campaign is deleted. */
async function takeNumber(prisma: PrismaClient): Promise<bigint> {
  const rows = await prisma.$queryRaw<{ number: bigint }[]>`SELECT nextval('campaign_number') AS number`;
  const number = rows[0]?.number;
  if (number === undefined) throw new Error('The sequence of campaign numbers gave none.');
  return number;
}
