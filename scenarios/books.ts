/**
 * The load test of the books API: users who register, log in, list books and now and then add one.
 *
 *     npm run loadtest -- -u 100 -r 20 -t 5m
 *
 * Its users are called locust_…, so that `npm run loadtest:cleanup` finds and removes them with their books.
 */
import { defineScenario, type Requests } from '@trafficflux/load-engine';
import { compareWithServer, readServerCounts, type ServerCounts } from './server-counts.ts';
import { judge } from './targets.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const HIGHEST_BOOK_ID = 1_000_000_000;

let countsBefore: ServerCounts | null = null;

export default defineScenario({
  name: 'books',
  options: { authorId: 1, password: 'testpass' },
  wait: { minMs: 0, maxMs: 50 },
  state: () => ({ token: '' }),

  setup: async (run) => {
    countsBefore = await readServerCounts(run.baseUrl);
    const token = await registerAndLogIn(run, run.random, run.options.password);
    const author = { id: run.options.authorId, name: 'LoadTest Author' };
    // Every book needs the author; an earlier run may have created it.
    await run.post('/authors', { json: author, headers: bearer(token), expect: [201, 409] });
  },

  onStart: async (user) => {
    user.state.token = await registerAndLogIn(user, user.random, user.options.password);
  },

  tasks: [
    { name: 'list all books', weight: 5, run: (user) => user.get('/books', { discardBody: true }) },
    {
      name: 'list the books of an author',
      weight: 2,
      run: (user) =>
        user.get(`/books?author_id=${user.options.authorId}`, {
          name: 'GET /books?author_id=1',
          discardBody: true,
        }),
    },
    {
      name: 'add a book',
      weight: 1,
      run: async (user) => {
        if (user.state.token === '') return;
        const book = {
          id: user.randomInt(1, HIGHEST_BOOK_ID),
          title: `LoadTest Book ${randomText(user.random, 6)}`,
          author_id: user.options.authorId,
          isbn: '9780132350884',
          published_year: 2020,
          genres: ['LoadTest'],
        };
        // A drawn id that is taken is a right answer of the API, not a failure of it.
        await user.post('/books', { json: book, headers: bearer(user.state.token), expect: [201, 409] });
      },
    },
  ],

  report: async (summary, run) => [
    'What we sent and what the API counted:',
    ...(await compareWithServer(summary, run.baseUrl, countsBefore)),
    '',
    'Against the documented targets:',
    ...judge(summary),
  ],
});

/** The token of a new user; the empty text when the API gave none, which is counted as a failed request. */
async function registerAndLogIn(requests: Requests, random: () => number, password: string): Promise<string> {
  const json = { username: `locust_${randomText(random, 8)}`, password };
  await requests.post('/register', { json, expect: [201, 409] });
  const login = await requests.post('/auth/login', { json });
  return login.ok ? login.json<{ access_token: string }>().access_token : '';
}

function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}

function randomText(random: () => number, length: number): string {
  return Array.from({ length }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join('');
}
