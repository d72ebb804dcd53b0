// What the app reads from and writes to.
import type { Logger } from '@trafficflux/service-kit';
import { type AuthorRepository, createAuthorRepository } from '../authors/repository.ts';
import { createHotReads, type HotReads } from '../books/hot-reads.ts';
import { type BookLists, createBookLists } from '../books/list/book-lists.ts';
import { createChangeFeed } from '../books/list/change-feed.ts';
import { type BookRepository, createBookRepository } from '../books/repository.ts';
import type { Config } from '../config.ts';
import { createUserRepository, type UserRepository } from '../users/repository.ts';
import { openDatabase } from './database.ts';

export interface Stores {
  readonly authors: AuthorRepository;
  readonly books: BookRepository;
  readonly hotReads: HotReads;
  readonly lists: BookLists;
  readonly users: UserRepository;
  /** Rejects when the database does not answer. */
  ping(): Promise<unknown>;
  close(): Promise<void>;
}

/** Opens the stores. Nothing connects yet: a service whose database is away starts, and answers 503. */
export function openStores(config: Config, logger: Logger): Stores {
  const { reads, prisma, close } = openDatabase(config.database, logger);
  const hotReads = createHotReads(reads);
  const feed = createChangeFeed(reads, (error) => logger.warn({ err: error }, 'old changes were kept'));
  return {
    authors: createAuthorRepository(prisma),
    books: createBookRepository(prisma),
    hotReads,
    lists: createBookLists({ reads: hotReads, feed, maxListBytes: config.listMemoryBytes }),
    users: createUserRepository(prisma),
    ping: () => reads.query('SELECT 1'),
    async close() {
      feed.close();
      await close();
    },
  };
}
