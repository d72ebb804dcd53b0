/** How the load was started, how the generator fared, and what the run was set to. */
import { formatBytes, formatCount, formatMs, formatPercent } from '../../../format.ts';
import type { JsonReport } from '../../../json.ts';
import { renderWas } from '../change.ts';
import { formatElapsed } from '../charts/axis.ts';
import { html, type Markup } from '../markup.ts';
import { type Column, renderSection, renderTable } from '../table.ts';
import { renderTime } from './headline.ts';

interface Fact {
  readonly title: string;
  readonly meaning: string;
  read(report: JsonReport): number | null | undefined;
  format(value: number): string;
}

const ms = (value: number): string => (value === 0 ? '0 ms' : `${formatMs(value)} ms`);
const figure = (value: number): string => String(Number(value.toPrecision(3)));

const STARTS: readonly Fact[] = [
  {
    title: 'Planned',
    meaning: 'Starts that the clock asked for until the end of the run.',
    read: ({ starts }) => starts?.planned,
    format: formatCount,
  },
  {
    title: 'Started',
    meaning: 'Starts that took place.',
    read: ({ starts }) => starts?.started,
    format: formatCount,
  },
  {
    title: 'Dropped',
    meaning:
      'Due, and never started: all users were busy. More than 1 % of the planned ones make a run invalid.',
    read: ({ starts }) => starts?.dropped,
    format: formatCount,
  },
  {
    title: 'Lateness, P50',
    meaning: 'How late half of the starts were at most, by the generator’s own fault.',
    read: ({ starts }) => starts?.lateness_p50_ms,
    format: ms,
  },
  {
    title: 'Lateness, P99',
    meaning: 'The same for 99 of 100 starts. Up to 1 ms is the tick of the clock.',
    read: ({ starts }) => starts?.lateness_p99_ms,
    format: ms,
  },
  {
    title: 'Lateness, largest',
    meaning: 'The latest start of all.',
    read: ({ starts }) => starts?.lateness_max_ms,
    format: ms,
  },
];

const ITERATIONS: readonly Fact[] = [
  {
    title: 'Iterations',
    meaning: 'Passes through the scenario that ended.',
    read: ({ iterations }) => iterations,
    format: formatCount,
  },
  {
    title: 'Iteration time, average',
    meaning: 'From the intended start of an iteration, its pauses included.',
    read: ({ iteration_times }) => iteration_times?.avg_ms,
    format: ms,
  },
  {
    title: 'Iteration time, P95',
    meaning: '95 of 100 iterations took at most so long.',
    read: ({ iteration_times }) => iteration_times?.percentiles_ms['95'],
    format: ms,
  },
  {
    title: 'Iteration time, longest',
    meaning: 'The longest iteration of all.',
    read: ({ iteration_times }) => iteration_times?.max_ms,
    format: ms,
  },
];

const GENERATOR: readonly Fact[] = [
  {
    title: 'Event loop in use',
    meaning:
      'Of the busiest thread. Near 100 % the generator itself slows requests down: give it more threads or less to do.',
    read: ({ generator }) => generator?.event_loop_utilization,
    format: formatPercent,
  },
  {
    title: 'Event-loop delay, P99',
    meaning: 'How long work that was due waited for the loop. It adds to every response time.',
    read: ({ generator }) => generator?.event_loop_delay_p99_ms,
    format: ms,
  },
  {
    title: 'Event-loop delay, largest',
    meaning: 'The longest such wait: a stall of the generator, not of the server.',
    read: ({ generator }) => generator?.event_loop_delay_max_ms,
    format: ms,
  },
  {
    title: 'CPU',
    meaning: 'Processor time of the generator, in cores, over the whole run.',
    read: ({ generator }) => generator?.cpu_cores,
    format: figure,
  },
  {
    title: 'Threads',
    meaning: 'Event loops that shared the users among them.',
    read: ({ generator }) => generator?.threads,
    format: formatCount,
  },
  {
    title: 'Garbage collection',
    meaning: 'Time in it over all threads. No request moves meanwhile.',
    read: ({ generator }) => generator?.gc_ms,
    format: ms,
  },
  {
    title: 'Longest collection',
    meaning: 'The longest single pause for it.',
    read: ({ generator }) => generator?.gc_max_ms,
    format: ms,
  },
  {
    title: 'Open sockets',
    meaning: 'The most that were open at once.',
    read: ({ generator }) => generator?.sockets_max,
    format: formatCount,
  },
  {
    title: 'Waits for a connection',
    meaning: 'Requests that waited because the number of connections is limited.',
    read: ({ generator }) => generator?.connection_waits,
    format: formatCount,
  },
  {
    title: 'Longest wait for one',
    meaning: 'In the response time of that request, not in its service time.',
    read: ({ generator }) => generator?.connection_wait_max_ms,
    format: ms,
  },
  {
    title: 'Connections opened',
    meaning: 'Many more than users: the server closes them, and each costs a handshake.',
    read: ({ connections_opened }) => connections_opened,
    format: formatCount,
  },
];

export function renderStarts(report: JsonReport, other: JsonReport | null): Markup {
  const isPlanned = typeof report.starts?.planned === 'number';
  const note = isPlanned
    ? 'Iterations started by the clock, whatever the server did.'
    : 'Users in loops: each starts its next iteration when the last one has ended, so that a slow server is asked less often.';
  const facts = isPlanned ? [...STARTS, ...ITERATIONS] : ITERATIONS;
  return renderSection(
    'starts',
    'Starts and iterations',
    note,
    renderFacts('Starts and iterations', facts, report, other),
  );
}

export function renderGenerator(report: JsonReport, other: JsonReport | null): Markup {
  const note =
    'The machine that made the load, the worst of its threads: whether it could keep up decides what the other figures are worth.';
  return renderSection(
    'generator',
    'Generator health',
    note,
    renderFacts('Generator health', GENERATOR, report, other),
  );
}

function renderFacts(
  label: string,
  facts: readonly Fact[],
  report: JsonReport,
  other: JsonReport | null,
): Markup {
  const show = (fact: Fact, run: JsonReport) => {
    const value = fact.read(run);
    return typeof value === 'number' ? fact.format(value) : '–';
  };
  const known = facts.filter((fact) => fact.read(report) !== undefined);
  const columns: Column<Fact>[] = [
    { title: 'Figure', cell: ({ title, meaning }) => html`${title}<span class="meaning">${meaning}</span>` },
    {
      title: 'Value',
      isFigure: true,
      cell: (fact) =>
        html`${show(fact, report)}${other !== null && renderWas(fact.read(report), fact.read(other), 'none', fact.format)}`,
    },
  ];
  return renderTable(label, columns, known);
}

interface Setting {
  readonly title: string;
  show(report: JsonReport): Markup | string;
}

const SETTINGS: readonly Setting[] = [
  { title: 'Name', show: ({ test_info }) => test_info.name },
  { title: 'Target', show: ({ test_info }) => test_info.target || '–' },
  { title: 'Users', show: ({ test_info }) => formatCount(test_info.users) },
  {
    title: 'Spawn rate',
    show: ({ test_info: { spawn_rate } }) =>
      typeof spawn_rate === 'number' ? `${figure(spawn_rate)} users/s` : 'all at once',
  },
  { title: 'Started', show: ({ test_info }) => renderTime(test_info.start_time) },
  { title: 'Ended', show: ({ test_info }) => renderTime(test_info.end_time) },
  { title: 'Duration', show: ({ test_info }) => formatElapsed(test_info.duration_seconds) },
  { title: 'End', show: ({ test_info }) => test_info.end_reason },
  { title: 'Seed', show: ({ test_info }) => String(test_info.seed ?? '–') },
  { title: 'Bytes received', show: ({ final_metrics }) => showBytes(final_metrics.bytes_received) },
  { title: 'Bytes sent', show: ({ final_metrics }) => showBytes(final_metrics.bytes_sent) },
];

/** The reports of an Engine's figures know of no bytes. */
const showBytes = (bytes: number | null): string => (bytes === null ? '–' : formatBytes(bytes));

export function renderSettings(report: JsonReport, other: JsonReport | null): Markup {
  const columns: Column<Setting>[] = [
    { title: 'Setting', cell: ({ title }) => title },
    { title: 'This run', cell: ({ show }) => show(report) },
    ...(other === null ? [] : [{ title: 'Compared run', cell: ({ show }: Setting) => show(other) }]),
  ];
  return renderSection(
    'settings',
    'Settings',
    'With the seed a run can be repeated.',
    renderTable('Settings', columns, SETTINGS),
  );
}
