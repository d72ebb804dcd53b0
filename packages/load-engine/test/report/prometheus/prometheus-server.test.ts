// A real Prometheus server as the judge of both ways, where one is on PATH (Debian: apt-get install prometheus).
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RemoteWrite } from '../../../src/report/prometheus/remote-write.ts';
import { ScrapeEndpoint } from '../../../src/report/prometheus/scrape-endpoint.ts';
import { recorderOf } from '../files/report.ts';
import { runOf } from './run.ts';

const hasServer = spawnSync('prometheus', ['--version']).status === 0;

const RECORDER = recorderOf([
  { step: 'GET /a "b" \\ ü\nend', ms: 30 },
  { step: 'GET /a "b" \\ ü\nend', ms: 70, failure: 'HTTP 500' },
  { step: 'GET /c', ms: 5, tags: { scenario: 'buyers' } },
]);

/** Its base URL, once it answers. */
async function startPrometheus(config: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
  await writeFile(join(folder, 'prometheus.yml'), config);
  const server = spawn('prometheus', [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    '--web.listen-address=127.0.0.1:0',
    '--web.enable-remote-write-receiver',
    '--log.format=json',
  ]);
  let log = '';
  server.stderr.setEncoding('utf8').on('data', (text) => {
    log += text;
  });
  onTestFinished(async () => {
    server.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const listening = /"address":"(127\.0\.0\.1:\d+)"[^\n]*"msg":"Listening on"/;
  await expect.poll(() => log, { timeout: 60_000 }).toMatch(listening);
  const base = `http://${listening.exec(log)?.[1]}`;
  await expect.poll(async () => (await fetch(`${base}/-/ready`)).status, { timeout: 60_000 }).toBe(200);
  return base;
}

async function query(base: string, expression: string): Promise<Record<string, string>> {
  const response = await fetch(`${base}/api/v1/query?${new URLSearchParams({ query: expression })}`);
  const { data } = (await response.json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return Object.fromEntries(data.result.map(({ metric, value }) => [metric.step ?? '', value[1]]));
}

const REQUESTS = { 'GET /a "b" \\ ü\nend': '2', 'GET /c': '1' };
const TOTAL = 'sum by (step) (loadspiker_requests_total)';
const MEDIAN = 'histogram_quantile(0.5, loadspiker_response_time_seconds_bucket{scenario="buyers"})';

describe.skipIf(!hasServer)('a real Prometheus server', () => {
  it('takes what remote write sends', async () => {
    const base = await startPrometheus('');
    const { run } = runOf(RECORDER);
    expect(await new RemoteWrite({ url: new URL(`${base}/api/v1/write`) }).finish(run)).toBeUndefined();
    await expect.poll(() => query(base, TOTAL), { timeout: 30_000 }).toEqual(REQUESTS);
    expect(Number((await query(base, MEDIAN))['GET /c'])).toBeCloseTo(0.00375, 3);
  });

  it('reads what the endpoint answers', async () => {
    const endpoint = await ScrapeEndpoint.open({ host: '127.0.0.1', port: 0 });
    onTestFinished(() => void endpoint.finish());
    const { run, look } = runOf(RECORDER);
    endpoint.look(run, look);
    const base = await startPrometheus(
      `{ global: { scrape_interval: 1s }, scrape_configs: [{ job_name: a, static_configs: [{ targets: ['${new URL(endpoint.url).host}'] }] }] }`,
    );
    await expect.poll(() => query(base, TOTAL), { timeout: 60_000, interval: 500 }).toEqual(REQUESTS);
    expect(Number((await query(base, MEDIAN))['GET /c'])).toBeCloseTo(0.00375, 3);
  });
});
