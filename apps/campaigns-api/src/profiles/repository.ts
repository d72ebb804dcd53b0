// Profiles in PostgreSQL.
import type { Prisma, PrismaClient } from '@trafficflux/campaigns/prisma';
import type { ProfilePatch, ProfileSettings } from './fields.ts';

export type ProfileRow = Prisma.ProfileGetPayload<object>;

/** Ids that are none are of no profile. */
export interface ProfileRepository {
  create(settings: ProfileSettings): Promise<ProfileRow>;
  find(id: string): Promise<ProfileRow | null>;
  update(id: string, patch: ProfilePatch): Promise<ProfileRow | null>;
  delete(id: string): Promise<boolean>;
  /** At most `limit` profiles in the order of their creation, after `after`. */
  list(page: { after: ProfileRow | null; offset: number; limit: number }): Promise<ProfileRow[]>;
  /** The profiles with these ids, in their order; those of no profile are left out. */
  findEach(ids: readonly string[]): Promise<ProfileRow[]>;
  /** Which of the ids are of no profile. */
  findUnknown(ids: readonly string[]): Promise<string[]>;
}

export function createProfileRepository(prisma: PrismaClient): ProfileRepository {
  return {
    create: (settings) => prisma.profile.create({ data: settings as Prisma.ProfileCreateInput }),

    find: async (id) => (isProfileId(id) ? prisma.profile.findUnique({ where: { id } }) : null),

    async update(id, patch) {
      if (!isProfileId(id)) return null;
      if (Object.keys(patch).length === 0) return prisma.profile.findUnique({ where: { id } });
      const data = { ...(patch as Prisma.ProfileUpdateInput), updatedAt: new Date() };
      const [row] = await prisma.profile.updateManyAndReturn({
        where: { id },
        data: data as Prisma.ProfileUpdateManyMutationInput,
      });
      return row ?? null;
    },

    delete: async (id) => isProfileId(id) && (await prisma.profile.deleteMany({ where: { id } })).count > 0,

    list: ({ after, offset, limit }) =>
      prisma.profile.findMany({
        ...(after !== null && { where: isAfter(after) }),
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        skip: offset,
        take: limit,
      }),

    async findEach(ids) {
      const rows = await prisma.profile.findMany({ where: { id: { in: ids.filter(isProfileId) } } });
      const found = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => found.get(id)).filter((row) => row !== undefined);
    },

    async findUnknown(ids) {
      const known = await prisma.profile.findMany({
        where: { id: { in: ids.filter(isProfileId) } },
        select: { id: true },
      });
      const found = new Set(known.map(({ id }) => id));
      return ids.filter((id) => !found.has(id));
    },
  };
}

function isAfter({ createdAt, id }: ProfileRow): Prisma.ProfileWhereInput {
  return { OR: [{ createdAt: { gt: createdAt } }, { createdAt, id: { gt: id } }] };
}

/** As we write them: PostgreSQL would take others too. */
function isProfileId(id: string): boolean {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(id);
}
