// Users in PostgreSQL.
import { findConstraint } from '@trafficflux/postgres';
import type { PrismaClient } from '../../generated/prisma/client.ts';
import { createTurnBatch } from '../reads/turn-batch.ts';

export interface User {
  readonly id: number;
  readonly hashedPassword: string;
}

export interface UserRepository {
  /** Says whether there is such a user now; the questions of one turn of the event loop share a query. */
  exists(id: number): Promise<boolean>;
  findByName(username: string): Promise<User | null>;
  /** Returns the new id, or null if the name is taken. */
  create(username: string, hashedPassword: string): Promise<number | null>;
}

export function createUserRepository(prisma: PrismaClient): UserRepository {
  const findId = createTurnBatch(async (ids: readonly number[]) => {
    const found = await prisma.$queryRaw<
      { id: number }[]
    >`SELECT id FROM users WHERE id = ANY(${ids}::int[])`;
    return new Map(found.map(({ id }) => [id, true]));
  });

  return {
    exists: async (id) => (await findId(id)) === true,

    findByName: (username) =>
      prisma.user.findUnique({ where: { username }, select: { id: true, hashedPassword: true } }),

    async create(username, hashedPassword) {
      try {
        const { id } = await prisma.user.create({ data: { username, hashedPassword }, select: { id: true } });
        return id;
      } catch (error) {
        if (findConstraint(error, 'unique') === 'users_username_key') return null;
        throw error;
      }
    },
  };
}
