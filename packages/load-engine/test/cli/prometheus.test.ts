import { describe, expect, it, onTestFinished } from 'vitest';
import { startCountingServer } from '../counting-server.ts';
import { startReceiver } from '../report/prometheus/receiver.ts';
import { runCommand, startCommand } from './command.ts';

const TOTAL = /^loadspiker_requests_total\{step="GET \/",status="200"\} (\d+)$/m;

describe('loadspiker --prometheus', () => {
  it('says where to scrape, and answers while the run goes on', async () => {
    const server = await startCountingServer();
    const command = startCommand(server.url, '-u', '1', '-d', '1h', '--no-progress', '--prometheus', '0');
    onTestFinished(() => command.kill('SIGKILL'));
    await command.said('/metrics\n');
    const [url = ''] = /http:\/\/127\.0\.0\.1:\d+\/metrics/.exec(command.stderr()) ?? [];
    await expect
      .poll(async () => Number(TOTAL.exec(await (await fetch(url)).text())?.[1]), {
        timeout: 60_000,
        interval: 200,
      })
      .toBeGreaterThan(0);
    command.kill('SIGINT');
    expect((await command.ended).exitCode).toBe(0);
  });

  it.each(['x', '70000', ':', 'a b:1', '1:2:3'])('refuses an address that is none: %s', async (address) => {
    const { exitCode, stderr } = await runCommand('localhost', '--prometheus', address);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Expected a port, such as 9464 or 0.0.0.0:9464.');
  });
});

describe('loadspiker --prometheus-remote-write', () => {
  it('sends figures that end on what the server counted', async () => {
    const [server, receiver] = [await startCountingServer(), await startReceiver()];
    const url = receiver.url.replace('://', '://joe:s3cret@');
    const { exitCode, stderr, stdout } = await runCommand(
      ...[server.url, '-u', '2', '-n', '50'],
      ...['--prometheus-remote-write', url, '--prometheus-header', 'X-Scope-OrgID: shop'],
    );
    expect(exitCode).toBe(0);
    expect(stderr + stdout).not.toContain('s3cret');
    const { headers, series = [] } = receiver.requests.at(-1) ?? {};
    expect(headers).toMatchObject({
      authorization: `Basic ${Buffer.from('joe:s3cret').toString('base64')}`,
      'x-scope-orgid': 'shop',
    });
    const requests = series.filter(({ labels }) =>
      labels.some(([, value]) => value === 'loadspiker_requests_total'),
    );
    expect(requests.map(({ samples }) => samples[0]?.value)).toEqual([server.total()]);
  });

  it('says what was not delivered, and leaves the result of the run alone', async () => {
    const [server, receiver] = [await startCountingServer(), await startReceiver(() => 401)];
    const { exitCode, stderr } = await runCommand(
      server.url,
      '-n',
      '5',
      '-q',
      '--prometheus-remote-write',
      receiver.url,
    );
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^loadspiker: \d+ samples were not delivered to \S+: it answered 401\.$/m);
  });

  it.each([
    ['--prometheus-remote-write', 'ftp://joe:s3cret@localhost/'],
    ['--prometheus-remote-write', 's3cret'],
    ['--prometheus-header', 's3cret'],
  ])('shows no secret of a wrong %s', async (flag, value) => {
    const { exitCode, stderr } = await runCommand('localhost', flag, value);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`expected ${flag} to be`);
    expect(stderr).not.toContain('s3cret');
  });
});
