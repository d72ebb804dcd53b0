// scenarios/books.ts against a server that speaks the books API's part in it: the real one is tried by the API's own
// tests and by `npm run loadtest`; here the answers can be wrong on purpose.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type CountingServer, startCountingServer } from '../counting-server.ts';
import { runCommand } from './command.ts';

const SCENARIO = fileURLToPath(new URL('../../../../scenarios/books.ts', import.meta.url));
const ROUTES = ['POST /register', 'POST /auth/login', 'POST /authors', 'GET /books', 'POST /books'];

interface Bookshop {
  readonly server: CountingServer;
  readonly authors: Set<number>;
}

/** Answers like the books API; `hidden` requests are answered but not counted in its metrics. */
async function openBookshop(
  options: { hasMetrics?: boolean; hidden?: number; delayMs?: number } = {},
): Promise<Bookshop> {
  const { hasMetrics = true, hidden = 0, delayMs = 0 } = options;
  const authors = new Set<number>();
  const counted = new Map<string, number>();
  let toHide = hidden;
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const route = `${request.method} ${request.url?.split('?')[0]}`;
    if (route === 'GET /metrics') {
      const lines = [...counted].map(([key, count]) => {
        const [method, path] = key.split(' ');
        return `http_request_duration_seconds_count{method="${method}",route="${path}",status_code="200"} ${count}`;
      });
      response.statusCode = hasMetrics ? 200 : 404;
      response.end(`# TYPE http_request_duration_seconds histogram\n${lines.join('\n')}\n`);
      return;
    }
    if (toHide > 0 && route === 'GET /books') toHide -= 1;
    else counted.set(route, (counted.get(route) ?? 0) + 1);
    if (route === 'POST /authors') authors.add(1);
    const isOpen =
      route === 'GET /books' || request.headers.authorization === 'Bearer t' || !/books|authors/.test(route);
    response.statusCode = isOpen ? (request.method === 'POST' ? 201 : 200) : 401;
    setTimeout(() => response.end(JSON.stringify({ access_token: 't' })), delayMs);
  };
  return { server: await startCountingServer(answer), authors };
}

function runBooks(url: string, ...words: string[]) {
  return runCommand(
    'run',
    SCENARIO,
    '--headless',
    '-u',
    '5',
    '-r',
    '1000',
    '-H',
    url,
    '-i',
    '0',
    '--no-progress',
    ...words,
  );
}

describe('the books scenario', () => {
  it('registers and logs in every user, creates the author once, and does its tasks 5 : 2 : 1', async () => {
    const { server } = await openBookshop();
    const { exitCode, stdout } = await runBooks(server.url, '-n', '800', '--seed', '1');
    expect(exitCode).toBe(0);
    const counts = Object.fromEntries(server.counts);
    expect(counts).toMatchObject({
      'POST /register': 6,
      'POST /auth/login': 6,
      'POST /authors': 1,
      'GET /metrics': 2,
    });
    const tasks = [
      counts['GET /books'] ?? 0,
      counts['GET /books?author_id=1'] ?? 0,
      counts['POST /books'] ?? 0,
    ];
    expect(tasks.reduce((sum, count) => sum + count, 0)).toBe(800);
    expect(tasks.map((count, index) => Math.abs(count - [500, 200, 100][index]!) < 60)).toEqual([
      true,
      true,
      true,
    ]);
    expect(stdout).toContain('All routes: sent 813, server counted 813: equal');
    for (const route of ROUTES)
      expect(stdout).toMatch(new RegExp(`  ${route}: sent ([\\d,]+), server counted \\1: equal`));
    for (const step of ['GET /books?author_id=1', ...ROUTES]) expect(stdout).toContain(`\n${step} `);
  });

  it('sends the users and books that the cleanup finds', async () => {
    const { server } = await openBookshop();
    await runBooks(server.url, '-n', '50', '--seed', '3');
    const bodies = server.bodies.map((body) => JSON.parse(body));
    const users = bodies.filter((body) => 'username' in body);
    expect(
      users.every((user) => /^locust_[a-z0-9]{8}$/.test(user.username) && user.password === 'testpass'),
    ).toBe(true);
    const books = bodies.filter((body) => 'title' in body);
    expect(books.length).toBeGreaterThan(0);
    for (const book of books) {
      expect(book).toEqual({
        id: expect.any(Number),
        title: expect.stringMatching(/^LoadTest Book [a-z0-9]{6}$/),
        author_id: 1,
        isbn: '9780132350884',
        published_year: 2020,
        genres: ['LoadTest'],
      });
      expect(book.id >= 1 && book.id <= 1e9).toBe(true);
    }
  });

  it('tells how many requests the API has not counted', async () => {
    const { server } = await openBookshop({ hidden: 3 });
    const { stdout } = await runBooks(server.url, '-n', '80', '--seed', '1');
    expect(stdout).toMatch(/All routes: sent 93, server counted 90: 3 never reached the API, or not yet/);
    expect(stdout).toMatch(/POST \/register: sent 6, server counted 6: equal/);
  });

  it('says so where the API shows no metrics', async () => {
    const { server } = await openBookshop({ hasMetrics: false });
    const { exitCode, stdout } = await runBooks(server.url, '-n', '8');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('The API shows no /metrics, so its own count cannot be compared with ours.');
  });

  it('judges median and p95 against the documented targets, and names the remedies where they are missed', async () => {
    const fast = await openBookshop();
    expect((await runBooks(fast.server.url, '-n', '40')).stdout).toMatch(
      /Median [\d.]+ ms: good \(target: below 500–800 ms\)\np95 [\d.]+ ms: good/,
    );
    const slow = await openBookshop({ delayMs: 900 });
    const { stdout } = await runBooks(slow.server.url, '-n', '10');
    expect(stdout).toMatch(/Median \d+ ms: too slow/);
    expect(stdout).toContain(
      'Lower the load (smaller -u or -r, a longer pause with --wait), or give the database more room',
    );
  });
});
