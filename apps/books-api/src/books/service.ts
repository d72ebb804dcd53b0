// What users do with books, and the sentences for what they cannot do.
import { AppError } from '@trafficflux/service-kit';
import { badRequest } from '../fields/body.ts';
import { userNotFound } from '../users/errors.ts';
import type { BookPatch, NewBook } from './fields.ts';
import type { HotReads } from './hot-reads.ts';
import type { BookRepository } from './repository.ts';

export interface BookService {
  /** The book as JSON text. */
  getJson(id: number | null): Promise<string>;
  create(book: NewBook, userId: number): Promise<void>;
  update(id: number | null, patch: BookPatch): Promise<void>;
  delete(id: number | null, userId: number): Promise<void>;
}

/** An id that is null is one that no book can have. */
export function createBookService(repository: BookRepository, reads: HotReads): BookService {
  return {
    async getJson(id) {
      const json = id === null ? undefined : await reads.findBook(id);
      if (json === undefined) throw bookNotFound();
      return json;
    },

    async create(book, userId) {
      const outcome = await repository.create(book, userId);
      if (outcome === 'taken') throw new AppError('conflict', 'A book with this ID or ISBN already exists');
      if (outcome === 'unknown-author') throw unknownAuthor(book.authorId);
      if (outcome === 'unknown-user') throw userNotFound();
    },

    async update(id, patch) {
      const outcome = id === null ? 'unknown-book' : await repository.update(id, patch);
      if (outcome === 'unknown-book') throw bookNotFound();
      if (outcome === 'unknown-author') throw unknownAuthor(patch.authorId);
    },

    async delete(id, userId) {
      const outcome = id === null ? 'unknown-book' : await repository.delete(id, userId);
      if (outcome === 'unknown-book') throw bookNotFound();
      if (outcome === 'not-owner') throw new AppError('forbidden', 'Forbidden');
    },
  };
}

function bookNotFound(): AppError {
  return new AppError('not-found', 'Book not found', { code: 'BOOK_NOT_FOUND' });
}

function unknownAuthor(id: number | undefined): AppError {
  return badRequest(`Author with id ${id} not found`);
}
