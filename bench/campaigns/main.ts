/**
 * Campaigns: entries made, stored and downloaded per second, what the queue and the fence cost, and how soon the first
 * entry shows. Each figure stands beside the plainest way to do the same, in alternating rounds.
 * Run it with `npm run bench -- campaigns [--rounds 3] [--seconds 5] [--entries 1000000] [--only storing]`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isOnPath } from '../command.ts';
import { describeRun, median, toTable, writeSection } from '../report.ts';
import { type Downloaded, download, fill, measureDownload } from './downloading.ts';
import { type Generated, measureGenerating } from './generating.ts';
import { type Platform, startPlatform } from './platform.ts';
import { measureQueueing, type Queued } from './queueing.ts';
import { measureStarts } from './starting.ts';
import { measureStoring, type Stored } from './storing.ts';

const PARTS = ['generating', 'storing', 'queueing', 'starting', 'downloading'] as const;
type Part = (typeof PARTS)[number];
const [serviceCore, ownCore] = ['0', '1'];
const MADE = 300_000;
const JOBS = 2000;
const STARTS = 40;
const MIB = 2 ** 20;

interface Setting {
  readonly rounds: number;
  readonly seconds: number;
  readonly entries: number;
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    entries: { type: 'string', default: '1000000' },
    only: { type: 'string', multiple: true, default: [...PARTS] },
    'no-write': { type: 'boolean', default: false },
  },
});
await main({
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  entries: Number(values.entries),
});

async function main(setting: Setting): Promise<void> {
  if (!isOnPath('taskset') || cpus().length < 2) {
    console.error('This benchmark needs two cores, and taskset on PATH.');
    process.exit(2);
  }
  spawnSync('taskset', ['-a', '-c', '-p', ownCore, String(process.pid)]);
  const folder = mkdtempSync(join(tmpdir(), 'bench-campaigns-'));
  const platform = await startPlatform(folder);
  try {
    const lines: string[] = [];
    for (const part of PARTS)
      if (values.only.includes(part)) lines.push(await measure(part, platform, setting));
    const text = lines.join('\n\n');
    console.log(`\n${text}`);
    if (!values['no-write']) keep(text, setting);
  } finally {
    await platform.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(part: Part, platform: Platform, setting: Setting): Promise<string> {
  const { rounds, seconds } = setting;
  switch (part) {
    case 'generating':
      return describeGenerating(await repeat(rounds, async () => measureGenerating(MADE)));
    case 'storing':
      return describeStoring(await repeat(rounds, () => measureStoring(platform, seconds)));
    case 'queueing':
      return describeQueueing(await repeat(rounds, () => measureQueueing(platform.platformUrl, JOBS)));
    case 'starting':
      return describeStarts(await measureStarting(platform));
    case 'downloading':
      return describeDownloads(await measureDownloading(platform, setting), setting.entries);
  }
}

async function measureStarting(platform: Platform): Promise<number[]> {
  const api = await platform.start('campaigns-api', serviceCore);
  const worker = await platform.start('load-worker', serviceCore);
  const times = await measureStarts(api.url, STARTS);
  await Promise.all([api.stop(), worker.stop()]);
  return times;
}

async function measureDownloading(platform: Platform, { rounds, entries }: Setting): Promise<Downloaded[]> {
  const id = await fill(platform, entries);
  const small = await fill(platform, 10_000);
  const api = await platform.start('campaigns-api', serviceCore);
  // What it needs for any download it has before the large one.
  await download(`${api.url}/api/traffic/download/${small}`);
  const results = await repeat(rounds, () => measureDownload(platform, api, id));
  await api.stop();
  return results;
}

async function repeat<T>(rounds: number, measureOnce: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    results.push(await measureOnce());
    console.log(`round ${round} of ${rounds}  ${JSON.stringify(results.at(-1), roundNumbers)}`);
  }
  return results;
}

function roundNumbers(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 10) / 10 : value;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function middle<T>(list: readonly T[], pick: (one: T) => number): number {
  return median(list.map(pick));
}

function describeGenerating(rounds: readonly Generated[]): string {
  const ratio = middle(rounds, (one) => one.oursPerSecond / one.stringifyPerSecond);
  return `Made: ${whole(middle(rounds, (one) => one.oursPerSecond))} entries of ${whole(middle(rounds, (one) => one.bytesEach))} bytes per second of one core; JSON.stringify of an object that is there already makes ${whole(middle(rounds, (one) => one.stringifyPerSecond))} (${ratio.toFixed(2)} ×).`;
}

function describeStoring(rounds: readonly Stored[]): string {
  const row = (name: string, pick: (one: Stored) => number) => [
    name,
    whole(middle(rounds, pick)),
    `${middle(rounds, (one) => pick(one) / one.copyPerSecond).toFixed(2)} ×`,
  ];
  const table = toTable(
    ['stored', 'entries/s', 'of COPY'],
    [
      row('by one load worker, made, fenced and counted', (one) => one.workerPerSecond),
      row('chunks that are there, fenced and counted', (one) => one.fencedPerSecond),
      row('chunks that are there, counted, without a fence', (one) => one.plainPerSecond),
      row('COPY of their JSON on one connection', (one) => one.copyPerSecond),
      row('COPY of the same rows, packed, on one connection', (one) => one.copyPackedPerSecond),
    ],
  );
  const cost = middle(rounds, (one) => 1 - one.fencedPerSecond / one.plainPerSecond);
  return `${table}\n\nExactly once costs ${Math.round(cost * 100)} % of what is stored without it.`;
}

function describeQueueing(rounds: readonly Queued[]): string {
  const cost = middle(rounds, (one) => 1 - one.oursPerSecond / one.barePerSecond);
  return `The queue carries ${whole(middle(rounds, (one) => one.oursPerSecond))} jobs per second on PostgreSQL, bare BullMQ ${whole(middle(rounds, (one) => one.barePerSecond))}: the wrapper costs ${Math.round(cost * 100)} %.`;
}

function describeStarts(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => whole(sorted[Math.ceil(sorted.length * share) - 1] ?? 0);
  return `From POST /generate to the first visible entry, with the latency fixed at 50 ms: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, at most ${at(1)} ms of ${times.length} starts.`;
}

function describeDownloads(rounds: readonly Downloaded[], entries: number): string {
  const rate = (pick: (one: Downloaded) => number) =>
    whole(middle(rounds, (one) => one.bytes / MIB / pick(one)));
  const ratio = middle(rounds, (one) => one.copySeconds / one.seconds);
  const memory = Math.max(...rounds.map((one) => one.memoryBytes));
  return `A download of ${whole(entries)} entries (${whole(middle(rounds, (one) => one.bytes) / MIB)} MiB): ${rate((one) => one.seconds)} MiB/s, COPY TO of their JSON ${rate((one) => one.copySeconds)} MiB/s (${ratio.toFixed(2)} ×), with ${whole(memory / MIB)} MiB more memory at most.`;
}

function keep(text: string, { rounds, seconds, entries }: Setting): void {
  const command = `npm run bench -- campaigns --rounds ${rounds} --seconds ${seconds} --entries ${entries}`;
  const setting = `Services on one core, PostgreSQL and clients on the other, medians of ${rounds} rounds. The stored campaign is one whose grid asks for more than the worker can make, in chunks of 500.`;
  writeSection('campaigns', `## Campaigns\n\n\`${command}\`, ${describeRun()}.\n${setting}\n\n${text}`);
}
