/**
 * The report as JUnit XML, for the test pages of Jenkins, GitLab and GitHub: a suite of the verdict, one of the
 * thresholds, one of the steps, and one of the scenario's own code where that threw.
 */
import { formatCount, formatMs, formatPercent } from '../format.ts';
import type { JsonReport } from '../json.ts';
import { toXmlText } from './xml-text.ts';

interface TestCase {
  readonly name: string;
  readonly seconds: number;
  /** The sentence of the failure; null for a test that passed. */
  readonly failure: string | null;
  readonly details?: readonly string[];
  /** Lines of figures. */
  readonly output?: readonly string[];
}

interface TestSuite {
  readonly name: string;
  readonly cases: readonly TestCase[];
}

/** A whole XML 1.0 document. What XML cannot hold, such as control characters, is replaced by a visible sign. */
export function toJunitXml(report: JsonReport): string {
  const suites = [
    { name: 'verdict', cases: [toVerdictCase(report)] },
    { name: 'thresholds', cases: report.thresholds.map(toThresholdCase) },
    { name: 'steps', cases: report.steps.map((step) => toStepCase(step, report)) },
    { name: 'scenario code', cases: listThrownCases(report) },
  ].filter(({ cases }) => cases.length > 0);
  const all = suites.flatMap(({ cases }) => cases);
  const { name, duration_seconds: seconds, start_time: timestamp } = report.test_info;
  const attributes = { name, ...toCounts(all), time: toSeconds(seconds) };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${toAttributes(attributes)}>`,
    ...suites.map((suite) => renderSuite(suite, name, timestamp)),
    '</testsuites>',
    '',
  ].join('\n');
}

function toVerdictCase({ test_info: { end_reason, duration_seconds }, verdict }: JsonReport): TestCase {
  const broken = { crashed: 'The run broke off.', unfinished: 'The run was not finished.' };
  const reasons = [
    ...verdict.reasons.map((reason) => `INVALID: ${reason}`),
    ...Object.entries(broken).flatMap(([reason, sentence]) => (reason === end_reason ? [sentence] : [])),
  ];
  return {
    name: 'the figures can be trusted',
    seconds: duration_seconds,
    failure: reasons[0] ?? null,
    details: reasons,
  };
}

function toThresholdCase(threshold: JsonReport['thresholds'][number]): TestCase {
  const { metric, expression, outcome, observed, aborted } = threshold;
  const what = outcome === 'no-data' ? 'Nothing was measured' : `Measured ${String(observed)}`;
  const ended = aborted ? '; it ended the run' : '';
  return {
    name: `${metric} ${expression}`,
    seconds: 0,
    failure: outcome === 'passed' ? null : `${what}, expected ${expression}${ended}.`,
    output: [`${what}.`],
  };
}

function toStepCase(step: JsonReport['steps'][number], { errors }: JsonReport): TestCase {
  const { total_requests: requests, failed_requests: failed, percentiles_ms: percentiles } = step;
  const share = requests === 0 ? 0 : failed / requests;
  const times = ['50', '95', '99', '100'].map(
    (percentile) => `p${percentile} ${formatMs(percentiles[percentile] ?? null)}`,
  );
  return {
    name: toStepName(step),
    seconds: (step.avg_response_time_ms ?? 0) / 1000,
    failure:
      failed === 0
        ? null
        : `${formatCount(failed)} of ${formatCount(requests)} requests failed (${formatPercent(share)}).`,
    details: errors
      .filter((error) => error.kind === 'request' && error.step === step.name)
      .map(({ count, message }) => `${formatCount(count)} × ${message}`),
    output: [
      `${formatCount(requests)} requests, ${formatCount(failed)} failed`,
      `response times (ms): ${times.join(', ')}`,
    ],
  };
}

/** With its tags, which tell steps of one name apart. */
function toStepName({ name, tags }: JsonReport['steps'][number]): string {
  const pairs = Object.entries(tags).map(([tag, value]) => `${tag}=${value}`);
  return pairs.length === 0 ? name : `${name} {${pairs.join(', ')}}`;
}

/** A failed test for each task whose code threw. */
function listThrownCases({ errors }: JsonReport): TestCase[] {
  const exceptions = errors.filter(({ kind }) => kind === 'exception');
  return [...new Set(exceptions.map(({ step }) => step))].map((task) => {
    const own = exceptions.filter(({ step }) => step === task);
    return {
      name: task,
      seconds: 0,
      failure: `${formatCount(own.reduce((sum, { count }) => sum + count, 0))} exceptions.`,
      details: own.map(({ count, message }) => `${formatCount(count)} × ${message}`),
    };
  });
}

function toCounts(cases: readonly TestCase[]) {
  const failures = cases.filter(({ failure }) => failure !== null).length;
  return { tests: cases.length, failures, errors: 0, skipped: 0 };
}

function renderSuite({ name, cases }: TestSuite, run: string, timestamp: string): string {
  const time = toSeconds(cases.reduce((sum, { seconds }) => sum + seconds, 0));
  // Jenkins wants ISO 8601 without fractions and zone.
  const attributes = { name, ...toCounts(cases), time, timestamp: timestamp.slice(0, 19) };
  const className = `${run}.${name}`;
  return [
    `  <testsuite${toAttributes(attributes)}>`,
    ...cases.map((testCase) => renderCase(testCase, className)),
    '  </testsuite>',
  ].join('\n');
}

function renderCase(
  { name, seconds, failure, details = [], output = [] }: TestCase,
  className: string,
): string {
  const open = `    <testcase${toAttributes({ name, classname: className, time: toSeconds(seconds) })}>`;
  const lines = [open];
  if (failure !== null) {
    const attributes = toAttributes({ message: failure, type: 'failure' });
    lines.push(`      <failure${attributes}>${toXmlText([failure, ...details].join('\n'))}</failure>`);
  }
  if (output.length > 0) lines.push(`      <system-out>${toXmlText(output.join('\n'))}</system-out>`);
  return [...lines, '    </testcase>'].join('\n');
}

function toAttributes(attributes: Readonly<Record<string, string | number>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${toXmlText(String(value))}"`)
    .join('');
}

function toSeconds(seconds: number): string {
  return seconds.toFixed(6);
}
