import { mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { startCountingServer } from '../counting-server.ts';
import { runCommand, startCommand } from './command.ts';

let folder = '';
let scenario = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loadspiker-cli-'));
  scenario = join(folder, 'hello.ts');
  const engine = new URL('../../src/index.ts', import.meta.url).href;
  await writeFile(
    scenario,
    `import { defineScenario } from '${engine}';
     export default defineScenario({
       name: 'hello',
       options: { path: '/hello', times: 1 },
       setup: (run) => { if (run.options.times === 0) throw new Error('no times'); },
       tasks: [{ name: 'greet', run: (user) => user.get(user.options.path) }],
       report: (summary) => ['greeted ' + summary.total.requests + ' times'],
     });`,
  );
});

describe('loadspiker', () => {
  it('prints its version and its help, with exit code 0', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(await runCommand('--version')).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
    const help = await runCommand('--help');
    expect(help).toMatchObject({ exitCode: 0, stderr: '' });
    expect(help.stdout).toContain(
      'loadspiker run scenarios/books.ts -u 100 -r 20 -t 5m -H http://localhost:5000',
    );
    expect((await runCommand('run', '--help')).stdout).toContain('there is no web UI');
  });

  it('loads a URL, prints its figures and exits 0 when nothing failed', async () => {
    const server = await startCountingServer();
    const { exitCode, stdout } = await runCommand(
      `${server.url.slice(7)}/x`,
      '-u',
      '3',
      '-n',
      '60',
      '-H',
      'X-A: b: c',
      '-b',
      'hi',
    );
    expect(exitCode).toBe(0);
    expect(server.counts).toEqual(new Map([['POST /x', 60]]));
    expect(server.bodies).toEqual(new Array(60).fill('hi'));
    expect(server.headers[0]?.['x-a']).toBe('b: c');
    expect(stdout).toMatch(
      /^POST \/x on http:\/\/127\.0\.0\.1:\d+\n✓ passed: 60 requests, 0 failed \(0 %\), /,
    );
    expect(stdout).toMatch(/Step\s+50%\s+66%\s+75%\s+80%\s+90%\s+95%\s+98%\s+99%\s+99\.9%\s+99\.99%\s+100%/);
    expect(stdout).toMatch(/POST \/x +60 +0 /);
    expect(stdout).toMatch(/Aggregated +60 +0 /);
  });

  it('exits 1 when a request failed, and groups the errors with their counts', async () => {
    const server = await startCountingServer((_, response, number) => {
      response.statusCode = number % 4 === 0 ? 500 : 200;
      response.end();
    });
    const { exitCode, stdout } = await runCommand(server.url, '-n', '40');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('✗ failed: 40 requests, 10 failed (25 %)');
    expect(stdout).toMatch(/Errors\n +10 {2}GET \/: HTTP 500\n/);
  });

  it.each([
    [[], 'nothing to load: expected a URL, --scenario FILE, --config FILE or --interactive'],
    [['localhost', '-i'], 'expected only one of a URL, --scenario FILE, --config FILE or --interactive'],
    [['-c', '/nowhere.json'], 'The configuration /nowhere.json cannot be used'],
    [
      ['localhost', '--rate', 'fast'],
      'Expected a number of starts, such as 20 (per second), 90/m or 3600/h.',
    ],
    [['localhost', '--stage', '30s'], 'Expected a time and a level, such as 30s:100.'],
    [['localhost', '--stage', '5s:0'], 'expected a load with at least one user, got none at any time'],
    [['localhost', '--rate', '5', '--spawn-rate', '1'], 'expected either rate or spawnRate, got both'],
    [['localhost', '--bogus'], "unknown option '--bogus'"],
    [['localhost', 'too', 'many'], 'too many arguments'],
    [['localhost', '-u', '0'], 'Expected a whole number above 0.'],
    [['localhost', '-u', '1e3'], 'Expected a whole number above 0.'],
    [['localhost', '-u', '99999999'], 'expected users to be a whole number from 1 to 1000000, got 99999999'],
    [['localhost', '--spawn-rate', '-1'], 'Expected a number of users per second above 0'],
    [['localhost', '-r', '-1'], 'Expected a time such as 300s'],
    [
      ['localhost', '-t', '5x'],
      'Expected a time such as 300s, 20m, 1h30m, 250ms or a number of seconds, got "5x"',
    ],
    [['localhost', '-t', '0'], 'Expected a time above 0, got "0"'],
    [['localhost', '-t'], "option '-t <time>' argument missing"],
    [['localhost', '-H', 'nonsense'], "Expected a header such as 'Accept: text/html'."],
    [['localhost', '-H', 'a b: c'], 'Expected a header name'],
    [['localhost', '-m', 'G T'], 'Expected an HTTP method'],
    [['localhost', '--expect', '6xx'], 'Expected statuses such as 2xx or 200,304, got "6xx"'],
    [['localhost', '--seed', '-3'], 'Expected a whole number from 0 to 4294967295.'],
    [['ftp://localhost'], 'Expected a URL that begins with http:// or https://'],
    [['http://'], 'Expected an absolute URL'],
    [['run'], "missing required argument 'file'"],
    [['run', 'nowhere.ts'], 'The scenario file nowhere.ts does not exist.'],
    [['localhost', '--json', '/nowhere/report.json'], 'The report /nowhere/report.json cannot be written'],
    [['localhost', '--json', '/tmp'], 'The report /tmp cannot be written: it is a folder.'],
  ])('refuses %j with a sentence and exit code 2', async (words, sentence) => {
    const { exitCode, stdout, stderr } = await runCommand(...words);
    expect(stderr).toMatch(/^loadspiker: /);
    expect(stderr).toContain(sentence);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });

  it('runs a scenario with the flags of Locust, and prints its report', async () => {
    const server = await startCountingServer();
    const words = [
      '--headless',
      '-u',
      '4',
      '-r',
      '200',
      '-t',
      '5m',
      '-n',
      '12',
      '-H',
      server.url,
      '-i',
      '0-5ms',
    ];
    const { exitCode, stdout } = await runCommand(
      'run',
      scenario,
      ...words,
      '--option',
      'path=/moin',
      '--option',
      'times=2',
    );
    expect(exitCode).toBe(0);
    expect(server.counts).toEqual(new Map([['GET /moin', 12]]));
    expect(stdout).toMatch(/greeted 12 times\n$/);
  });

  it('exits 2 for an unknown option of the scenario, and 3 when its setup fails', async () => {
    const unknown = await runCommand('run', scenario, '--option', 'pth=/x');
    expect(unknown).toMatchObject({
      exitCode: 2,
      stderr: 'loadspiker: unknown scenario option "pth": this scenario has path=/hello, times=1\n',
    });
    const failed = await runCommand('run', scenario, '--option', 'times=0');
    expect(failed).toMatchObject({
      exitCode: 3,
      stderr: 'loadspiker: The setup of hello failed: no times\n',
    });
  });

  it('exits 3 with a sentence when setup loses track of an error', async () => {
    const file = join(folder, 'lost.mjs');
    const engine = new URL('../../src/index.ts', import.meta.url).href;
    await writeFile(
      file,
      `import { defineScenario } from '${engine}';
       const setup = async () => { Promise.reject(new Error('lost')); await new Promise(setImmediate); };
       export default defineScenario({ name: 'lost', setup, tasks: [{ name: 't', run() {} }] });`,
    );
    expect(await runCommand('run', file)).toEqual({ exitCode: 3, stdout: '', stderr: 'loadspiker: lost\n' });
  });

  it('ends on Ctrl-C with its summary, and exits 0 when nothing failed', async () => {
    const server = await startCountingServer();
    const command = startCommand('run', scenario, '-H', server.url, '-u', '2', '-r', '100');
    await server.arrived(10);
    command.kill('SIGINT');
    const { exitCode, stdout, stderr } = await command.ended;
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Ending the run: requests in flight may finish.');
    expect(stdout).toContain(', interrupted');
    expect(stdout).toContain(`greeted ${server.total()} times`);
  });

  it('ends at once on a second Ctrl-C, with its summary and exit code 130', async () => {
    const server = await startCountingServer(() => {});
    const command = startCommand(server.url, '-u', '2', '--grace', '1h');
    await server.arrived(2);
    command.kill('SIGINT');
    await command.said('Ctrl-C again');
    command.kill('SIGINT');
    const { exitCode, stdout } = await command.ended;
    expect(exitCode).toBe(130);
    expect(stdout).toMatch(/ 2 {2}GET \/: cut off when the run was interrupted/);
  });

  it('ends on SIGTERM like on Ctrl-C', async () => {
    const server = await startCountingServer();
    const command = startCommand(server.url, '-u', '2');
    await server.arrived(10);
    command.kill('SIGTERM');
    expect(await command.ended).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(', interrupted'),
    });
  });

  it('ends as always when the reader of its output has gone', async () => {
    const server = await startCountingServer();
    const command = startCommand('run', scenario, '-H', server.url, '-n', '5');
    command.stopReading();
    expect(await command.ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(server.total()).toBe(5);
  });

  it('prints nothing with --quiet, not even failures', async () => {
    const server = await startCountingServer((_, response) => response.writeHead(500).end());
    expect(await runCommand(server.url, '-q', '-n', '5')).toEqual({ exitCode: 1, stdout: '', stderr: '' });
  });

  it('suggests flags to shells', async () => {
    expect((await runCommand('complete', 'bash')).stdout).toContain('# bash completion for loadspiker');
    expect((await runCommand('complete', '--', 'run', '--ho')).stdout).toContain(
      '--host\tbase URL of the service',
    );
  });
});

describe('loadspiker --json', () => {
  it('writes everything it measured, in snake_case, and leaves no other file', async () => {
    const server = await startCountingServer((_, response, number) => {
      response.statusCode = number <= 2 ? 404 : 200;
      response.end('hello');
    });
    const place = await mkdtemp(join(tmpdir(), 'loadspiker-json-'));
    const file = join(place, 'report.json');
    const { exitCode } = await runCommand(
      server.url,
      '-u',
      '2',
      '-n',
      '20',
      '--seed',
      '7',
      '--json',
      file,
      '-q',
    );
    expect(exitCode).toBe(1);
    expect(await readdir(place)).toEqual(['report.json']);
    const report = JSON.parse(await readFile(file, 'utf8'));
    const percentiles = Object.fromEntries(
      ['50', '66', '75', '80', '90', '95', '98', '99', '99.9', '99.99', '100'].map((key) => [
        key,
        expect.any(Number),
      ]),
    );
    const times = {
      min_ms: expect.any(Number),
      avg_ms: expect.any(Number),
      max_ms: expect.any(Number),
      percentiles_ms: percentiles,
    };
    const figures = {
      total_requests: 20,
      successful_requests: 18,
      failed_requests: 2,
      statuses: { '200': 18, '404': 2 },
      bytes_sent: expect.any(Number),
      bytes_received: expect.any(Number),
      requests_per_second: expect.any(Number),
      avg_response_time_ms: expect.any(Number),
      min_response_time_us: expect.any(Number),
      max_response_time_us: expect.any(Number),
      p95_us: expect.any(Number),
      p99_us: expect.any(Number),
      percentiles_ms: percentiles,
      service_times: times,
    };
    expect(report).toEqual({
      test_info: {
        name: 'GET /',
        target: server.url,
        start_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        start_timestamp: expect.any(Number),
        end_time: expect.stringMatching(/Z$/),
        end_timestamp: expect.any(Number),
        duration_seconds: expect.any(Number),
        users: 2,
        spawn_rate: null,
        seed: 7,
        end_reason: 'iterations',
        passed: false,
      },
      progress: expect.arrayContaining([
        {
          elapsed_time: expect.any(Number),
          timestamp: expect.any(Number),
          metrics: {
            active_users: 0,
            total_requests: 20,
            failed_requests: 2,
            requests_per_second: expect.any(Number),
            p50_ms: expect.any(Number),
            p95_ms: expect.any(Number),
            p99_ms: expect.any(Number),
            interval: expect.objectContaining({ requests_per_second: expect.any(Number) }),
          },
        },
      ]),
      final_metrics: figures,
      verdict: { valid: true, reasons: [] },
      thresholds: [],
      steps: [{ name: 'GET /', tags: {}, ...figures }],
      distribution: expect.arrayContaining([{ up_to_ms: expect.any(Number), count: expect.any(Number) }]),
      custom_metrics: [],
      events: [],
      errors: [{ step: 'GET /', kind: 'request', message: 'HTTP 404', count: 2 }],
      exceptions: 0,
      iterations: 20,
      iteration_times: times,
      starts: {
        planned: null,
        started: 0,
        dropped: 0,
        lateness_p50_ms: null,
        lateness_p99_ms: null,
        lateness_max_ms: null,
      },
      connections_opened: 2,
      generator: {
        connection_waits: 0,
        connection_wait_max_ms: 0,
        cpu_cores: expect.any(Number),
        gc_ms: expect.any(Number),
        gc_max_ms: expect.any(Number),
        sockets_max: expect.any(Number),
        threads: expect.any(Number),
        event_loop_utilization: expect.any(Number),
        event_loop_delay_p99_ms: expect.any(Number),
        event_loop_delay_max_ms: expect.any(Number),
      },
      warnings: expect.any(Array),
      report: [],
    });
  });

  it('replaces the file that a link leads to, and writes to devices as they are', async () => {
    const server = await startCountingServer();
    const place = await mkdtemp(join(tmpdir(), 'loadspiker-link-'));
    await writeFile(join(place, 'real.json'), 'old');
    await symlink('real.json', join(place, 'link.json'));
    await runCommand(server.url, '-n', '3', '-q', '--json', join(place, 'link.json'));
    expect(JSON.parse(await readFile(join(place, 'real.json'), 'utf8')).final_metrics.total_requests).toBe(3);
    expect((await readdir(place)).sort()).toEqual(['link.json', 'real.json']);
    expect(await runCommand(server.url, '-n', '3', '-q', '--json', '/dev/null')).toMatchObject({
      exitCode: 0,
    });
  });
});
