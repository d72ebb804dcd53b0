// A client's first minute with the books API.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { getText, post } from './client.ts';
import type { Smoked } from './services.ts';

/** Registers, logs in, adds an author and a book, reads them, and looks at the documentation and the metrics. */
export async function smokeBooksApi(url: string): Promise<Smoked> {
  const username = `proof_${randomBytes(4).toString('hex')}`;
  const password = randomBytes(12).toString('hex');

  assert.equal(await getText(`${url}/`), 'Welcome to the Books API!');
  await post(`${url}/register`, { username, password }, 201);
  const login = await post(`${url}/auth/login`, { username, password }, 200);
  const token = String(login.access_token);

  await post(`${url}/authors`, { id: 1, name: 'Ursula K. Le Guin' }, 201, token);
  await post(
    `${url}/books`,
    { id: 1, title: 'The Dispossessed', author_id: 1, genres: ['Novel'] },
    201,
    token,
  );
  await post(`${url}/books`, { id: 2, title: 'Nobody may', author_id: 1 }, 401);

  const books = JSON.parse(await getText(`${url}/books`)) as {
    id: number;
    title: string;
    genres: string[];
  }[];
  assert.deepEqual(
    books.map(({ id, title, genres }) => ({ id, title, genres })),
    [{ id: 1, title: 'The Dispossessed', genres: ['Novel'] }],
  );

  assert.match(await getText(`${url}/docs`), /swagger/i);
  assert.equal(
    (JSON.parse(await getText(`${url}/openapi.json`)) as { info: { title: string } }).info.title,
    'Books API',
  );
  assert.match(await getText(`${url}/metrics`), /http_request_duration_seconds_count\{[^}]*route="\/books"/);
  assert.equal((await fetch(`${url}/health/ready`)).status, 200);
  return { secrets: [password, token], stored: { path: '/books/1' } };
}
