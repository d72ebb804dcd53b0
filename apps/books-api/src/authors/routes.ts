// /authors
import { type App, AppError, answer, bearerSecurity } from '@trafficflux/service-kit';
import { Type } from 'typebox';
import type { BookLists } from '../books/list/book-lists.ts';
import { sendPages, sendRows } from '../books/list/send-list.ts';
import { toExistingId } from '../fields/integer.ts';
import { Created, DigitsParam, errorAnswers } from '../openapi.ts';
import { parseAuthor } from './fields.ts';
import type { AuthorService } from './service.ts';

export interface AuthorRoutesOptions {
  readonly authors: AuthorService;
  readonly lists: BookLists;
}

export function addAuthorRoutes(app: App, { authors, lists }: AuthorRoutesOptions): void {
  app.post('/authors', { schema: schemas.create, onRequest: app.requireBearer }, async ({ body }, reply) => {
    const author = parseAuthor(body);
    await authors.create(author);
    reply.code(201);
    return { status: 'success', id: author.id, message: `author '${author.name}' created!` };
  });

  app.get('/authors/:author_id(^\\d+$)/books', { schema: schemas.books }, async (request, reply) => {
    const author = await authors.get(toExistingId(request.params.author_id));
    const rows = await lists.read(author.id);
    if (rows?.isEmpty) {
      throw new AppError('not-found', 'No books found for author', { code: 'NO_BOOKS' });
    }
    const envelope = {
      before: `{"status":"success","author":${JSON.stringify(author)},"books":`,
      after: '}',
    };
    if (rows) return sendRows(rows, request, reply, envelope);
    return sendPages(lists.readPages(author.id), request, reply, envelope);
  });
}

const tags = ['authors'];

const schemas = {
  create: {
    tags,
    summary: 'Create an author',
    security: bearerSecurity,
    body: Type.Ref('AuthorCreate'),
    response: { 201: answer('Created', Created), ...errorAnswers(400, 401, 409, 415, 503) },
  },
  books: {
    tags,
    summary: 'Get an author and their books',
    params: Type.Object({ author_id: DigitsParam }),
    response: {
      200: answer(
        'The author and their books',
        Type.Object({
          status: Type.Literal('success'),
          author: Type.Ref('Author'),
          books: Type.Array(Type.Ref('Book')),
        }),
      ),
      ...errorAnswers(404, 503),
    },
  },
} as const;
