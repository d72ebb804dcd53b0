import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { interact } from '../../src/cli/interactive.ts';
import { startCountingServer } from '../counting-server.ts';

async function type(...lines: string[]): Promise<string> {
  const output = new PassThrough();
  const input = new PassThrough();
  input.end(`${lines.join('\n')}\n`);
  await interact(input, output);
  output.end();
  return output.toArray().then((chunks) => Buffer.concat(chunks).toString('utf8'));
}

it('requests by hand are sent, counted and shown, until one quits', async () => {
  const server = await startCountingServer((request, response) => {
    response.statusCode = request.url === '/none' ? 404 : 200;
    response.end(`${request.method}\u001b[31m`);
  });
  const text = await type(
    `get ${server.url.slice('http://'.length)}/a`,
    `post ${server.url}/b {"q": "two  words"}`,
    `get ${server.url}/none`,
    'metrics',
    'reset',
    'metrics',
    'get',
    'dance',
    'help',
    'quit',
    `get ${server.url}/after`,
  );
  expect(server.bodies).toEqual(['{"q": "two  words"}']);
  expect(server.headers[1]).toMatchObject({ 'content-type': 'application/json' });
  expect(server.counts.has('GET /after')).toBe(false);
  expect(text).toMatch(/✓ status 200 in .* ms, 8 B\nGET \[31m/);
  expect(text).toMatch(/✗ status 404 in .*: HTTP 404/);
  expect(text).toMatch(/total_?requests +3\b[\s\S]*total_?requests +0\b/i);
  expect(text).toContain('get needs a URL');
  expect(text).toContain('"dance" is no command here');
  expect(text).toContain('post URL BODY');
  expect(text).not.toContain('\u001b[31m');
});

it('the end of the input ends it', async () => {
  expect(await type('metrics')).toContain('Requests by hand');
});
