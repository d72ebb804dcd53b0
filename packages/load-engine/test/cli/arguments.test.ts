import { CommanderError } from 'commander';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildCommand } from '../../src/cli/arguments.ts';
import type { OutputOptions } from '../../src/cli/load-flags.ts';
import type { LoadOptions, UrlLoad } from '../../src/run/load-options.ts';

interface Understood {
  readonly load: LoadOptions;
  readonly output: OutputOptions;
}

/** What the command line means, or the error that commander would print. */
async function understand(words: readonly string[]): Promise<Understood | CommanderError> {
  let understood: Understood | null = null;
  const command = buildCommand('0', {
    onLoad: async (load, output) => {
      understood = { load, output };
    },
    onInteractive: async () => {
      understood = { load: { url: '(interactive)', users: 1 }, output: { progress: true } };
    },
    say: () => {},
  });
  for (const each of [command, ...command.commands])
    each.configureOutput({ writeErr: () => {}, writeOut: () => {} });
  try {
    await command.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error;
    throw error;
  }
  return understood ?? new CommanderError(1, 'none', 'no action ran');
}

describe('the command line', () => {
  it('loads a URL with 10 users at once for a minute unless told otherwise', async () => {
    expect(await understand(['localhost'])).toMatchObject({
      load: {
        url: 'localhost',
        users: 10,
        spawnRate: undefined,
        durationMs: 60_000,
        method: 'GET',
        workerThreads: 10,
      },
      output: { progress: true },
    });
  });

  it('runs a scenario with one user, one a second, until stopped unless told otherwise', async () => {
    expect(await understand(['run', 'a.ts'])).toMatchObject({
      load: { scenario: 'a.ts', users: 1, spawnRate: 1, durationMs: undefined, host: undefined },
    });
  });

  it('takes -H as a header of a URL, and as the host of a scenario', async () => {
    expect(await understand(['x', '-H', 'A: 1', '-H', 'B: 2'])).toMatchObject({
      load: {
        headers: [
          ['A', '1'],
          ['B', '2'],
        ],
      },
    });
    expect(await understand(['run', 'a.ts', '-H', 'http://h:1'])).toMatchObject({
      load: { host: 'http://h:1' },
    });
    expect(await understand(['run', '-H', 'http://h:1', 'a.ts'])).toMatchObject({
      load: { host: 'http://h:1', scenario: 'a.ts' },
    });
  });

  it('reads the documented Locust command', async () => {
    const words = 'run scenarios/books.ts --headless -u 100 -r 20 -t 5m -H http://localhost:5000'.split(' ');
    expect(await understand(words)).toMatchObject({
      load: {
        scenario: 'scenarios/books.ts',
        users: 100,
        spawnRate: 20,
        durationMs: 300_000,
        host: 'http://localhost:5000',
      },
    });
  });

  it.each([
    ['-t 90s', { durationMs: 90_000 }],
    ['-t 90', { durationMs: 90_000, requestTimeoutMs: 30_000 }],
    ['-t 5000', { durationMs: 60_000, requestTimeoutMs: 5000 }],
    ['-d 2 -t 5000', { durationMs: 2000, requestTimeoutMs: 5000 }],
    ['-u 40 -r 20', { users: 40, spawnRate: 2 }],
    ['-r 0', { spawnRate: Number.POSITIVE_INFINITY }],
    ['--rate 20', { rate: 20, users: undefined, maxUsers: undefined, durationMs: 60_000 }],
    ['--rate 90/m -u 50', { rate: 1.5, maxUsers: 50, users: undefined }],
    ['--rate 0 --stage 10s:5', { rate: 0, stages: [{ durationMs: 10_000, rate: 5 }], durationMs: undefined }],
    [
      '--stage 1m:10 --stage 5:0',
      {
        stages: [
          { durationMs: 60_000, users: 10 },
          { durationMs: 5000, users: 0 },
        ],
      },
    ],
    ['-p constant:20:30', { pattern: [[20, 30]], users: undefined, durationMs: undefined }],
    [
      '--pattern spike:5:50:10:20',
      {
        pattern: [
          [5, 10],
          [50, 10],
          [5, 10],
        ],
      },
    ],
    ['--iterations-per-user 3', { iterationsPerUser: 3, durationMs: undefined }],
    ['-d 90', { durationMs: 90_000 }],
    ['--duration 1h30m', { durationMs: 5_400_000 }],
    ['-n 500', { iterations: 500, durationMs: undefined }],
    ['-u 40 --ramp-up 20s', { users: 40, spawnRate: 2 }],
    ['--timeout 2000', { requestTimeoutMs: 2000 }],
    ['--timeout 2s', { requestTimeoutMs: 2000 }],
    ['--grace 0', { graceMs: 0 }],
    ['--threads 3', { workerThreads: 3 }],
    ['-b x', { method: 'POST', body: 'x' }],
    ['-b x -m put', { method: 'put', body: 'x' }],
    ['--expect 2xx,404', { expect: expect.arrayContaining([200, 299, 404]) }],
    ['--spawn-rate .5', { spawnRate: 0.5 }],
  ])('understands %s', async (flags, load) => {
    expect(await understand(['localhost', ...flags.split(' ')])).toMatchObject({ load });
  });

  it('wants one thing to load, and says so', async () => {
    expect(await understand(['-s', 'a.ts', '--host', 'h:1'])).toMatchObject({
      load: { scenario: 'a.ts', host: 'h:1', users: 10, durationMs: 60_000 },
    });
    expect(await understand(['-i'])).toMatchObject({ load: { url: '(interactive)' } });
    for (const words of [[], ['localhost', '-i'], ['-s', 'a.ts', '-c', 'b.json']])
      expect(await understand(words)).toBeInstanceOf(CommanderError);
  });

  it('answers any words with a load or a sentence, never with an exception of its own', async () => {
    const word = fc.oneof(
      fc.constantFrom(
        'run',
        'localhost',
        'a.ts',
        '-u',
        '-r',
        '-t',
        '-d',
        '-n',
        '-H',
        '-m',
        '-b',
        '-q',
        '-i',
        '--',
        '-',
        '--json',
      ),
      fc.constantFrom(
        '--wait',
        '--option',
        '--expect',
        '--timeout',
        '--threads',
        '--no-progress',
        '--seed',
        '5',
        '5m',
        'a=b',
        'A: b',
      ),
      fc.string({ maxLength: 8 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 8 }), async (words) => {
        const answer = await understand(words);
        if (answer instanceof CommanderError) return;
        const { users, spawnRate, durationMs } = answer.load as UrlLoad;
        expect(Number.isInteger(users) && Number(users) > 0).toBe(true);
        expect(spawnRate === undefined || spawnRate > 0).toBe(true);
        expect(durationMs === undefined || durationMs > 0).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
