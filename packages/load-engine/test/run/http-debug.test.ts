import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defineScenario, runLoad } from '../../src/index.ts';
import { startCountingServer } from '../counting-server.ts';

let printed = '';

beforeEach(() => {
  printed = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});

afterEach(() => vi.restoreAllMocks());

const login = defineScenario({
  name: 'login',
  setup: async (run) => {
    await run.get('/setup');
  },
  tasks: [
    {
      name: 't',
      run: (user) =>
        user.post('/login?token=t0ken', {
          json: { name: 'ann', password: 'pw-s3cret' },
          headers: { authorization: 'Bearer b-s3cret', cookie: 'sid=c-s3cret' },
        }),
    },
  ],
});

describe('httpDebug of a run', () => {
  it('prints heads without secrets, those of setup included', async () => {
    const server = await startCountingServer((_, response) => {
      response.setHeader('Set-Cookie', 'sid=d-s3cret; Path=/');
      response.end('{"access_token":"e-s3cret"}');
    });
    await runLoad({ scenario: login, host: server.url, iterations: 1, httpDebug: true });
    expect(printed).toContain('Request:\nGET /setup HTTP/1.1\nHost: 127.0.0.1');
    expect(printed).toContain('Request:\nPOST /login?token=[redacted] HTTP/1.1\n');
    expect(printed).toContain('authorization: Bearer [redacted]\ncookie: sid=[redacted]\n');
    expect(printed).toMatch(
      /Response after [\d.]+ ms:\nHTTP\/1\.1 200 OK\nSet-Cookie: sid=\[redacted\]; Path=\/\n/,
    );
    expect(printed).not.toMatch(/s3cret|t0ken|ann/);
  });

  it('prints bodies too where it is full', async () => {
    const server = await startCountingServer((request, response) => {
      if (request.url === '/setup') response.end(Buffer.of(0, 255, 1));
      else response.end('{"access_token":"e-s3cret","id":7}');
    });
    await runLoad({ scenario: login, host: server.url, iterations: 1, httpDebug: 'full' });
    expect(printed).toContain('\n\n(3 bytes that are no text)\n');
    expect(printed).toContain('\n\n{"name":"ann","password":"[redacted]"}\n');
    expect(printed).toContain('\n\n{"access_token":"[redacted]","id":7}\n');
    expect(printed).not.toMatch(/s3cret/);
  });

  it('prints what threads send, and why nothing came', async () => {
    const summary = await runLoad({
      url: 'http://127.0.0.1:9/x',
      users: 2,
      iterations: 2,
      workerThreads: 2,
      httpDebug: 'full',
      method: 'POST',
      body: 'hello',
    });
    expect(summary.total.failures).toBe(2);
    const once = 'Request:\nPOST /x HTTP/1.1\nHost: 127.0.0.1:9\nContent-Length: 5\n\nhello\n';
    expect(printed.split(once)).toHaveLength(3);
    expect(printed).toContain('127.0.0.1:9 refused the connection.');
  });

  it('shows some and counts the others at a high load', async () => {
    const server = await startCountingServer();
    const summary = await runLoad({ url: server.url, iterations: 500, httpDebug: true });
    expect(summary.total).toMatchObject({ requests: 500, failures: 0 });
    const shown = printed.split('Request:\n').length - 1;
    const hidden = [...printed.matchAll(/\((\d+) more within a second are not shown/g)];
    expect(shown).toBeLessThan(200);
    expect(shown + hidden.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(500);
  });

  it('prints nothing by itself', async () => {
    const server = await startCountingServer();
    await runLoad({ url: server.url, iterations: 3 });
    expect(printed).toBe('');
  });

  it('refuses what it does not know', async () => {
    await expect(runLoad({ url: 'http://127.0.0.1:9/', httpDebug: 'some' as never })).rejects.toThrow(
      'expected httpDebug to be true, false or "full", got "some"',
    );
  });
});
