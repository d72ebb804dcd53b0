// What users do with authors, and the sentences for what they cannot do.
import { AppError } from '@trafficflux/service-kit';
import type { Author } from './fields.ts';
import type { AuthorRepository } from './repository.ts';

export interface AuthorService {
  create(author: Author): Promise<void>;
  /** An id that is null is one that no author can have. */
  get(id: number | null): Promise<Author>;
}

export function createAuthorService(repository: AuthorRepository): AuthorService {
  return {
    async create(author) {
      if (await repository.find(author.id)) {
        throw new AppError('conflict', `Author with id ${author.id} already added`);
      }
      if (!(await repository.create(author))) throw new AppError('conflict', 'Author already exists');
    },

    async get(id) {
      const author = id === null ? null : await repository.find(id);
      if (!author) throw new AppError('not-found', 'Author not found', { code: 'AUTHOR_NOT_FOUND' });
      return author;
    },
  };
}
