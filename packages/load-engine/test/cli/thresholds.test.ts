import { describe, expect, it } from 'vitest';
import { startCountingServer } from '../counting-server.ts';
import { runCommand } from './command.ts';

async function startHalfBroken() {
  return await startCountingServer((_, response, number) => {
    response.statusCode = number % 2 === 0 ? 500 : 200;
    response.end();
  });
}

describe('loadspiker --threshold', () => {
  it('exits 0 where all of them hold, also with failed requests that one of them allows', async () => {
    const server = await startHalfBroken();
    const { exitCode, stdout } = await runCommand(
      ...[server.url, '-u', '1', '-n', '4', '--no-progress'],
      ...[
        '--threshold',
        'http_req_failed: rate<=50%',
        '--threshold',
        'http_reqs{status:200}: count==2, rate>0',
      ],
    );
    expect(stdout).toContain(
      'Thresholds\n  ✓ http_req_failed: rate<=50%, was 0.5\n  ✓ http_reqs{status:200}: count==2, was 2\n',
    );
    expect(stdout).toContain('✓ passed: 4 requests, 2 failed (50 %)');
    expect(exitCode).toBe(0);
  });

  it('can be limited to the tags of --tag', async () => {
    const server = await startCountingServer();
    const { exitCode, stdout } = await runCommand(
      ...[server.url, '-u', '1', '-n', '2', '--tag', 'build=7', '--tag', 'branch=main'],
      ...['--threshold', 'http_reqs{build:7,branch:main}: count==2'],
    );
    expect(stdout).toContain('✓ http_reqs{build:7,branch:main}: count==2, was 2');
    expect(exitCode).toBe(0);
  });

  it('exits 4 where one does not hold, or has no data', async () => {
    const server = await startCountingServer();
    const { exitCode, stdout } = await runCommand(
      ...[
        server.url,
        '-u',
        '1',
        '-n',
        '2',
        '--threshold',
        'http_reqs: count>5',
        '--threshold',
        'checks: rate>0',
      ],
    );
    expect(exitCode).toBe(4);
    expect(stdout).toContain('  ✗ http_reqs: count>5, was 2\n  ✗ checks: rate>0, nothing was measured\n');
  });

  it('ends a run early that one says to abort', async () => {
    const server = await startHalfBroken();
    const { exitCode, stdout } = await runCommand(
      ...[server.url, '-u', '2', '-t', '1h', '--threshold', 'http_req_failed: rate<10%, abort'],
    );
    expect(exitCode).toBe(4);
    expect(stdout).toContain(', ended by a threshold');
    expect(stdout).toMatch(/Aborted: http_req_failed: rate<10%, was 0\.\d+\./);
    expect(stdout).toContain('(it ended the run)');
  });

  it.each([
    ['p(95)<300', 'Expected a metric, a colon and what is asked of it'],
    ['http_req_duration: p95<300', 'write p(95) instead of p95'],
    ['orders: count>1', '"orders", which is no metric of the engine or the scenario'],
  ])('teaches how it is written: %s', async (text, reason) => {
    const server = await startCountingServer();
    const { exitCode, stderr } = await runCommand(server.url, '-n', '1', '--threshold', text);
    expect(stderr).toContain(reason);
    expect([exitCode, server.total()]).toEqual([2, 0]);
  });
});
