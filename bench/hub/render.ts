// The figures as tables, and whether they meet what was aimed at.
import { median, toTable } from '../report.ts';
import type { ServerName } from './clients/dialects.ts';
import type { CaseResult, ServerResult } from './measure.ts';

export type Results = ReadonlyMap<ServerName, readonly ServerResult[]>;

const AIMS = { timesPlain: 5, timesCentrifugo: 1, p99Ms: 50, bytesPerConnection: 12 * 1024 };
const [GOOD, BAD] = ['met', 'missed'];

export function render(results: Results, servers: readonly ServerName[]): string {
  return [
    renderCases(results, servers),
    renderConnections(results, servers),
    renderAims(results).join('\n'),
  ].join('\n\n');
}

function renderCases(results: Results, servers: readonly ServerName[]): string {
  const rows = listCases(results).flatMap((name) =>
    servers.map((server) => {
      const middle = (pick: (result: CaseResult) => number) => findMiddle(results, server, name, pick);
      return [
        `${name}, ${server}`,
        toWhole(middle((one) => one.deliveriesPerSecond)),
        toWhole(middle((one) => one.perCpuSecond)),
        toTimes(compare(results, name, server, 'ws')),
        toPercent(middle((one) => one.coreShare)),
        middle((one) => one.p50Ms).toFixed(1),
        middle((one) => one.p99Ms).toFixed(1),
        `${toPercent(middle((one) => one.pacedCoreShare))}, ${toPercent(middle((one) => one.clientShare))}`,
      ];
    }),
  );
  const head = [
    'subscribers',
    'deliveries/s',
    'per CPU second',
    'of plain ws',
    'its core',
    'p50 ms',
    'p99 ms',
    'then: its core, clients',
  ];
  return `Deliveries as fast as they go, and how long one takes at half of that rate:\n\n${toTable(head, rows)}`;
}

function renderConnections(results: Results, servers: readonly ServerName[]): string {
  const rows = servers.map((server) => {
    const middle = (pick: (result: ServerResult) => number) => median((results.get(server) ?? []).map(pick));
    return [
      server,
      toWhole(middle((one) => one.connectsPerSecond)),
      toWhole(middle((one) => one.connectsPerCpuSecond)),
      (middle((one) => one.bytesPerConnection) / 1024).toFixed(1),
    ];
  });
  const head = ['connections', 'handshakes/s', 'per CPU second', 'KB each, idle'];
  return `Connections, each with a token that is checked:\n\n${toTable(head, rows)}`;
}

/** A line for each aim; none without the hub or the peer. */
function renderAims(results: Results): string[] {
  const hub = results.get('hub') ?? [];
  if (hub.length === 0) return [];
  const bytes = median(hub.map((one) => one.bytesPerConnection));
  const memory = judge(
    `below ${AIMS.bytesPerConnection / 1024} KB for an idle connection`,
    `${(bytes / 1024).toFixed(1)} KB`,
    bytes < AIMS.bytesPerConnection,
  );
  return [...listCases(results).flatMap((name) => judgeCase(results, name)), memory];
}

function judgeCase(results: Results, name: string): string[] {
  const lines: string[] = [];
  const peers = [
    ['ws', AIMS.timesPlain, 'a plain ws server'],
    ['centrifugo', AIMS.timesCentrifugo, 'Centrifugo'],
  ] as const;
  for (const [peer, aim, title] of peers) {
    if (!results.has(peer)) continue;
    const times = compare(results, name, 'hub', peer);
    lines.push(judge(`${name}, at least ${aim} × ${title} for a CPU second`, toTimes(times), times >= aim));
  }
  const p99Ms = findMiddle(results, 'hub', name, (one) => one.p99Ms);
  lines.push(judge(`${name}, p99 below ${AIMS.p99Ms} ms`, `${p99Ms.toFixed(1)} ms`, p99Ms < AIMS.p99Ms));
  return lines;
}

function judge(aim: string, figure: string, isMet: boolean): string {
  return `- ${isMet ? GOOD : BAD}: ${aim} (${figure})`;
}

function listCases(results: Results): string[] {
  const [first] = [...results.values()].flat();
  return [...(first?.cases.keys() ?? [])];
}

function listValues(
  results: Results,
  server: ServerName,
  name: string,
  pick: (result: CaseResult) => number,
): number[] {
  return (results.get(server) ?? []).flatMap(({ cases }) => {
    const result = cases.get(name);
    return result === undefined ? [] : [pick(result)];
  });
}

function findMiddle(
  results: Results,
  server: ServerName,
  name: string,
  pick: (result: CaseResult) => number,
): number {
  return median(listValues(results, server, name, pick));
}

/** The median of the rounds' ratios, of deliveries for a CPU second; NaN where there is no such peer. */
function compare(results: Results, name: string, server: ServerName, peer: ServerName): number {
  const ours = listValues(results, server, name, (one) => one.perCpuSecond);
  const theirs = listValues(results, peer, name, (one) => one.perCpuSecond);
  if (theirs.length === 0) return Number.NaN;
  return median(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)));
}

function toTimes(times: number): string {
  return Number.isNaN(times) ? '' : `${times.toFixed(2)} ×`;
}

function toPercent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function toWhole(value: number): string {
  return Math.round(value).toLocaleString('en');
}
