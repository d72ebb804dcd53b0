// Authors in PostgreSQL.
import { findConstraint } from '@trafficflux/postgres';
import type { PrismaClient } from '../../generated/prisma/client.ts';
import type { Author } from './fields.ts';

export interface AuthorRepository {
  find(id: number): Promise<Author | null>;
  /** Says whether the author was created; else somebody was quicker with the same id. */
  create(author: Author): Promise<boolean>;
}

export function createAuthorRepository(prisma: PrismaClient): AuthorRepository {
  return {
    find: (id) => prisma.author.findUnique({ where: { id } }),

    async create(author) {
      try {
        await prisma.author.create({ data: author, select: { id: true } });
        return true;
      } catch (error) {
        if (findConstraint(error, 'unique') === 'authors_pkey') return false;
        throw error;
      }
    },
  };
}
