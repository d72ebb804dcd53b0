/** One run of the command: from its options to the printed summary and the exit code. */
import { LoadEngineError } from '../errors.ts';
import { describeShape } from '../plan/describe.ts';
import { explainPlan } from '../plan/explain.ts';
import { levelAt } from '../plan/segment.ts';
import { renderSummary } from '../report/console.ts';
import { openOutputs } from '../report/files/open-outputs.ts';
import type { Outputs } from '../report/files/outputs.ts';
import { createLiveView, type LiveView, NO_VIEW } from '../report/live.ts';
import { hasBrokenThresholds, hasFailures, type RunSummary } from '../report/summary.ts';
import { type LoadOptions, type PreparedLoad, prepareLoad } from '../run/load-options.ts';
import { LoadRun } from '../run/load-run.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { KEYS, listenToKeys } from './keyboard.ts';
import type { OutputOptions } from './load-flags.ts';

/** Where no terminal bounds the lines: enough for every figure beside a name that is not wrapped. */
const DEFAULT_COLUMNS = 140;

/** Throws what `prepareLoad` throws, and a LoadEngineError when the run breaks off; what was measured is printed. */
export async function carryOut(options: LoadOptions, output: OutputOptions): Promise<ExitCode> {
  const load = await prepareLoad(options);
  if (output.explain) {
    for (const { name, plan } of load.parts) process.stdout.write(explainPlan(name || load.name, plan));
    return EXIT.passed;
  }
  const outputs = await openOutputs(output);
  if (!output.quiet) for (const sentence of outputs.greetings) process.stderr.write(`${sentence}\n`);
  // What is shown of requests and a frame that redraws itself would write over each other.
  const isShown = !output.quiet && output.progress && load.settings.httpDebug === null;
  const hasKeys = isShown && process.stdin.isTTY && process.stderr.isTTY && load.parts.length === 1;
  const view = isShown ? createLiveView(process.stderr, toTitle(load), hasKeys ? KEYS : '') : NO_VIEW;
  const run = new LoadRun(load, (progress) => {
    view.show(progress);
    outputs.look(run, progress);
  });
  const interrupts = listen(run, output.quiet ? NO_VIEW : view);
  const endKeys = hasKeys ? steer(load, run, view, interrupts.interrupt) : () => {};
  try {
    const summary = await run.finished;
    view.end();
    const isWritten = await publish(summary, run, outputs, output.quiet);
    if (interrupts.count > 1) return EXIT.forced;
    if (!isWritten) return EXIT.broken;
    if (!summary.verdict.valid) return EXIT.invalid;
    if (hasBrokenThresholds(summary)) return EXIT.thresholds;
    return hasFailures(summary) ? EXIT.failures : EXIT.passed;
  } catch (error) {
    view.end();
    const summary = error instanceof LoadEngineError ? error.summary : undefined;
    if (summary) await publish(summary, run, outputs, output.quiet);
    throw error;
  } finally {
    endKeys();
    interrupts.end();
  }
}

/** Keys steer the only load of the run. */
function steer({ parts }: PreparedLoad, run: LoadRun, view: LiveView, onStop: () => void): () => void {
  const plan = parts[0]?.plan;
  const rate = plan?.model === 'open' ? levelAt(plan.segments, 0) : null;
  const note = (sentence: string) => view.note(sentence);
  return listenToKeys(process.stdin, { run, rate, users: plan?.users ?? 1, onStop, note });
}

/** Prints the summary and writes the reports; false when one failed, which costs nobody the printed figures. */
async function publish(summary: RunSummary, run: LoadRun, outputs: Outputs, quiet = false): Promise<boolean> {
  if (!quiet) process.stdout.write(renderSummary(summary, toStyle()));
  const { failures, notes } = await outputs.finish(run, summary);
  for (const sentence of [...failures, ...notes]) process.stderr.write(`loadspiker: ${sentence}\n`);
  return failures.length === 0;
}

function toTitle({ parts, name, target }: PreparedLoad): string {
  const where = target === '' ? '' : ` on ${target}`;
  const shapes = parts.map(
    ({ name: part, plan }) => `${part === '' ? '' : `${part} `}${describeShape(plan)}`,
  );
  return `${name}${where}: ${shapes.join('; ')}`;
}

function toStyle() {
  return { columns: process.stdout.columns ?? DEFAULT_COLUMNS, color: process.stdout.hasColors?.() ?? false };
}

/** Ctrl-C (or SIGTERM) ends the run, a second one ends it at once. */
function listen(run: LoadRun, view: LiveView) {
  const interrupt = (): void => {
    interrupts.count += 1;
    if (interrupts.count > 1) {
      run.cut();
      return;
    }
    view.note('Ending the run: requests in flight may finish. Ctrl-C again ends it at once.');
    run.stop();
  };
  const interrupts = {
    count: 0,
    interrupt,
    end: () => {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
    },
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return interrupts;
}
