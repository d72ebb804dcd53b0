// /books
import { type App, answer, bearerSecurity } from '@trafficflux/service-kit';
import { Type } from 'typebox';
import { toExistingId } from '../fields/integer.ts';
import { Created, DigitsParam, Done, errorAnswers } from '../openapi.ts';
import { parseAuthorFilter } from './author-query.ts';
import { parseBookPatch, parseNewBook } from './fields.ts';
import type { BookLists } from './list/book-lists.ts';
import { RowList } from './list/row-list.ts';
import { sendList, sendRows } from './list/send-list.ts';
import type { BookService } from './service.ts';

export interface BookRoutesOptions {
  readonly books: BookService;
  readonly lists: BookLists;
}

/** Other segments than digits are no book's address at all. */
const BOOK = '/books/:book_id(^\\d+$)';
const JSON_TYPE = 'application/json; charset=utf-8';

export function addBookRoutes(app: App, { books, lists }: BookRoutesOptions): void {
  const onRequest = app.requireBearer;

  app.get('/books', { schema: schemas.list }, (request, reply) => {
    const filter = parseAuthorFilter(request.query);
    if (filter.kind === 'nobody') return sendRows(RowList.empty, request, reply);
    return sendList(lists, filter.kind === 'all' ? null : filter.id, request, reply);
  });

  app.get(BOOK, { schema: schemas.get }, async ({ params }, reply) => {
    const json = await books.getJson(toExistingId(params.book_id));
    reply.type(JSON_TYPE);
    return `{"status":"success",${json.slice(1)}`;
  });

  app.post('/books', { schema: schemas.create, onRequest }, async ({ body, userId }, reply) => {
    const book = parseNewBook(body);
    await books.create(book, userId);
    reply.code(201);
    return { status: 'success', id: book.id, message: `book '${book.title}' created!` };
  });

  app.put(BOOK, { schema: schemas.update, onRequest }, async ({ body, params }) => {
    await books.update(toExistingId(params.book_id), parseBookPatch(body));
    return { status: 'success', message: `Book with id ${Number(params.book_id)} updated successfully!` };
  });

  app.delete(BOOK, { schema: schemas.delete, onRequest }, async ({ params, userId }) => {
    await books.delete(toExistingId(params.book_id), userId);
    return { status: 'success', message: `Book with id ${Number(params.book_id)} deleted successfully!` };
  });
}

const params = Type.Object({ book_id: DigitsParam });
const tags = ['books'];
const security = bearerSecurity;
const success = Type.Object({ status: Type.Literal('success') });

const schemas = {
  list: {
    tags,
    summary: 'List books, all or those of one author, by id',
    querystring: Type.Object({ author_id: Type.Optional(Type.Integer()) }),
    response: { 200: answer('The books', Type.Array(Type.Ref('Book'))), ...errorAnswers(400, 503) },
  },
  get: {
    tags,
    summary: 'Get a book by its id',
    params,
    response: {
      200: answer('The book', Type.Intersect([success, Type.Ref('Book')])),
      ...errorAnswers(404, 503),
    },
  },
  create: {
    tags,
    summary: 'Create a book',
    security,
    body: Type.Ref('BookCreate'),
    response: { 201: answer('Created', Created), ...errorAnswers(400, 401, 409, 415, 503) },
  },
  update: {
    tags,
    summary: 'Update a book; what is absent or null stays as it is',
    security,
    params,
    body: Type.Ref('BookUpdate'),
    response: { 200: answer('Updated', Done), ...errorAnswers(400, 401, 404, 415, 503) },
  },
  delete: {
    tags,
    summary: 'Delete a book of your own',
    security,
    params,
    response: { 200: answer('Deleted', Done), ...errorAnswers(401, 403, 404, 503) },
  },
} as const;
