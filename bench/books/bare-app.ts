/**
 * The peer of the books API: a bare Fastify app that answers the same bytes, each from one prepared `pg` statement.
 * Usage: node bare-app.ts PORT plain|observed, with DATABASE_URL set. `observed` logs and measures as our services do.
 */
import { randomUUID } from 'node:crypto';
import { createMetrics } from '@trafficflux/metrics';
import Fastify, { type FastifyInstance } from 'fastify';
import pg from 'pg';
import pino from 'pino';

const [port = '0', mode = 'plain'] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const json = 'application/json; charset=utf-8';

const rendered = `row_to_json((SELECT book FROM (SELECT b.id, b.title, b.author_id, b.isbn, b.published_year,
  to_char(b.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS created_at,
  ARRAY(SELECT g.name FROM book_genre bg JOIN genres g ON g.id = bg.genre_id
    WHERE bg.book_id = b.id ORDER BY bg.position) AS genres) AS book))::text`;

const statements = {
  byId: `SELECT ${rendered} AS body FROM books b WHERE b.id = $1`,
  list: `SELECT '[' || string_agg(${rendered}, ',' ORDER BY b.id) || ']' AS body FROM books b`,
  create: `WITH book AS (
      INSERT INTO books (id, title, author_id, isbn, published_year, created_by_id)
      VALUES ($1, $2, $3, $4, $5, 1) RETURNING id)
    INSERT INTO book_genre (book_id, genre_id)
    SELECT book.id, genres.id FROM book, genres WHERE name = ANY($6::text[])`,
};

interface NewBook {
  id: number;
  title: string;
  author_id: number;
  isbn: string;
  published_year: number;
  genres: string[];
}

const app: FastifyInstance = Fastify({ logger: false });
if (mode === 'observed') observe(app);

app.get<{ Params: { id: string } }>('/books/:id', async (request, reply) => {
  const { rows } = await pool.query({
    name: 'byId',
    text: statements.byId,
    values: [Number(request.params.id)],
  });
  reply.type(json);
  return `{"status":"success",${rows[0].body.slice(1)}`;
});

app.get('/books', async (_request, reply) => {
  const { rows } = await pool.query({ name: 'list', text: statements.list });
  reply.type(json);
  return rows[0].body;
});

app.post<{ Body: NewBook }>('/books', async (request, reply) => {
  const { id, title, author_id, isbn, published_year, genres } = request.body;
  await pool.query({
    name: 'create',
    text: statements.create,
    values: [id, title, author_id, isbn, published_year, genres],
  });
  reply.code(201).type(json);
  return `{"status":"success","id":${id},"message":"book '${title}' created!"}`;
});

await app.listen({ port: Number(port), host: '127.0.0.1' });
console.error(`listening on ${port}`);

/** A line in, a line out, a request id and a duration per route and status: what the service kit does for ours. */
function observe(instance: FastifyInstance): void {
  const log = pino();
  const { requestDurations } = createMetrics({ service: 'bare' });
  instance.addHook('onRequest', (request, reply, done) => {
    request.id = randomUUID();
    reply.header('X-Request-ID', request.id);
    log.info({ id: request.id, method: request.method, path: request.url }, 'request in');
    done();
  });
  instance.addHook('onResponse', (request, reply, done) => {
    const durationMs = reply.elapsedTime;
    requestDurations
      .route(request.method, request.routeOptions.url ?? '')
      .observe(reply.statusCode, durationMs / 1000);
    const { id, method, url: path } = request;
    log.info({ id, method, path, status: reply.statusCode, duration_ms: durationMs }, 'request out');
    done();
  });
}
