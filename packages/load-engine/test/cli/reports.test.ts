import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { HistogramLogReader } from 'hdr-histogram-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startCountingServer } from '../counting-server.ts';
import { findAll, parseXml } from '../report/files/xml.ts';
import { runCommand, startCommand } from './command.ts';

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'loadspiker-reports-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function countLogged(log: string): number {
  const reader = new HistogramLogReader(log);
  let count = 0;
  for (let next = reader.nextIntervalHistogram(); next; next = reader.nextIntervalHistogram())
    if (next.tag === 'NO TAG') count += next.totalCount;
  return count;
}

/** Null while there is none. */
async function readReport(file: string) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return null;
  }
}

describe('reports of the command', () => {
  it('are written side by side, and agree with what the server counted', async () => {
    const server = await startCountingServer((_, response, number) => {
      response.writeHead(number % 10 === 0 ? 503 : 200).end('ok');
    });
    const folder = await makeFolder();
    const at = (name: string) => join(folder, name);
    const flags = [
      '--json',
      at('a.json'),
      '--html',
      at('a.html'),
      '--junit',
      at('a.xml'),
      '--csv',
      at('a'),
      '--hdr',
      at('a.hlog'),
    ];
    const { exitCode } = await runCommand(server.url, '-u', '4', '-n', '200', '-q', ...flags);
    expect(exitCode).toBe(1);
    expect((await readdir(folder)).sort()).toEqual([
      'a.hgrm',
      'a.hlog',
      'a.html',
      'a.json',
      'a.xml',
      'a_failures.csv',
      'a_stats.csv',
      'a_stats_history.csv',
    ]);
    const [json, xml, stats, log, distribution] = await Promise.all(
      ['a.json', 'a.xml', 'a_stats.csv', 'a.hlog', 'a.hgrm'].map((name) => readFile(at(name), 'utf8')),
    );
    expect(server.total()).toBe(200);
    expect(JSON.parse(json ?? '').final_metrics).toMatchObject({ total_requests: 200, failed_requests: 20 });
    expect(findAll(parseXml(xml ?? ''), 'failure').map(({ attributes }) => attributes.message)).toEqual([
      '20 of 200 requests failed (10 %).',
    ]);
    expect(parse(stats ?? '', { columns: true, record_delimiter: '\r\n' }).at(-1)).toMatchObject({
      Name: 'Aggregated',
      'Request Count': '200',
      'Failure Count': '20',
    });
    expect(countLogged(log ?? '')).toBe(200);
    expect(distribution).toMatch(/Total count {4}= {10}200\]/);
  });

  it('hold what was measured until then when the run is killed', async () => {
    const server = await startCountingServer();
    const folder = await makeFolder();
    const file = join(folder, 'report.json');
    const log = join(folder, 'times.hlog');
    const page = join(folder, 'report.html');
    const command = startCommand(
      server.url,
      '-u',
      '2',
      '-d',
      '1h',
      '-q',
      '--json',
      file,
      '--html',
      page,
      '--hdr',
      log,
    );
    onTestFinished(() => command.kill('SIGKILL'));
    await expect
      .poll(async () => (await readReport(file))?.final_metrics.total_requests ?? 0, {
        timeout: 60_000,
        interval: 200,
      })
      .toBeGreaterThan(0);
    command.kill('SIGKILL');
    expect((await command.ended).exitCode).toBeNull();
    const report = await readReport(file);
    expect(report.test_info).toMatchObject({ end_reason: 'unfinished', passed: false });
    expect(report.final_metrics.total_requests).toBeLessThanOrEqual(server.total());
    expect(report.progress.length).toBeGreaterThan(0);
    expect(report.warnings[0]).toContain('The run was not finished');
    expect(countLogged(await readFile(log, 'utf8'))).toBeGreaterThanOrEqual(
      report.final_metrics.total_requests,
    );
    // A kill in the middle of a write leaves what was to take the place of the report.
    const names = (await readdir(folder)).filter((name) => !name.endsWith('.tmp'));
    expect(names.sort()).toEqual(['report.html', 'report.json', 'times.hlog']);
  });

  it('that cannot be written at the end cost nobody the others', async () => {
    const server = await startCountingServer();
    const folder = await makeFolder();
    const lost = await mkdtemp(join(folder, 'lost-'));
    const command = startCommand(
      ...[server.url, '-u', '1', '-d', '1h', '--no-progress'],
      ...['--junit', join(lost, 'a.xml'), '--json', join(folder, 'a.json')],
    );
    onTestFinished(() => command.kill('SIGKILL'));
    await server.arrived(1);
    await rm(lost, { recursive: true });
    command.kill('SIGINT');
    const { exitCode, stdout, stderr } = await command.ended;
    expect(exitCode).toBe(3);
    expect(stderr).toContain(`The report ${join(lost, 'a.xml')} cannot be written`);
    expect(stdout).toContain('✓ passed');
    expect((await readReport(join(folder, 'a.json'))).test_info.end_reason).toBe('interrupted');
  });

  it.each([
    ['--junit', '/nowhere/a.xml', '/nowhere/a.xml'],
    ['--csv', '/nowhere/a', '/nowhere/a_stats.csv'],
    ['--hdr', '/nowhere/a.hlog', '/nowhere/a.hlog'],
  ])('are refused before anything is sent where they have no place: %s', async (flag, value, path) => {
    const server = await startCountingServer();
    const { exitCode, stderr } = await runCommand(server.url, '-n', '1', flag, value);
    expect([exitCode, server.total()]).toEqual([2, 0]);
    expect(stderr).toContain(`The report ${path} cannot be written`);
  });
});
