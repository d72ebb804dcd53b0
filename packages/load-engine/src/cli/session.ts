/** One run of the command: from its options to the printed summary and the exit code. */
import { LoadEngineError, toMessage } from '../errors.ts';
import { describeShape } from '../plan/describe.ts';
import { renderSummary } from '../report/console.ts';
import { toJsonReport } from '../report/json.ts';
import { JsonFile } from '../report/json-file.ts';
import { createLiveView, type LiveView, NO_VIEW } from '../report/live.ts';
import { hasFailures, type RunSummary } from '../report/summary.ts';
import { type LoadOptions, type PreparedLoad, prepareLoad } from '../run/load-options.ts';
import { LoadRun } from '../run/load-run.ts';
import type { OutputOptions } from './arguments.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** Where no terminal bounds the lines: enough for every figure beside a name that is not wrapped. */
const DEFAULT_COLUMNS = 140;

/** Throws what `prepareLoad` throws, and a LoadEngineError when the run breaks off; what was measured is printed. */
export async function carryOut(options: LoadOptions, output: OutputOptions): Promise<ExitCode> {
  const load = await prepareLoad(options);
  const file = output.json === undefined ? null : new JsonFile(output.json);
  const view = output.quiet || !output.progress ? NO_VIEW : createLiveView(process.stderr, toTitle(load));
  const run = new LoadRun(load, (progress) => view.show(progress));
  const interrupts = listen(run, output.quiet ? NO_VIEW : view);
  try {
    const summary = await run.finished;
    view.end();
    const isWritten = publish(summary, run, output, file);
    if (interrupts.count > 1) return EXIT.forced;
    if (!isWritten) return EXIT.broken;
    return hasFailures(summary) ? EXIT.failures : EXIT.passed;
  } catch (error) {
    view.end();
    const summary = error instanceof LoadEngineError ? error.summary : undefined;
    if (summary) publish(summary, run, output, file);
    throw error;
  } finally {
    interrupts.end();
  }
}

/** Prints the summary and writes the report; false when that failed, which costs nobody the printed figures. */
function publish(summary: RunSummary, run: LoadRun, output: OutputOptions, file: JsonFile | null): boolean {
  if (!output.quiet) process.stdout.write(renderSummary(summary, toStyle()));
  try {
    file?.write(toJsonReport(summary, run.progress));
    return true;
  } catch (error) {
    process.stderr.write(`loadspiker: ${toMessage(error)}\n`);
    return false;
  }
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
  const interrupts = {
    count: 0,
    end: () => {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
    },
  };
  const interrupt = (): void => {
    interrupts.count += 1;
    if (interrupts.count > 1) {
      run.cut();
      return;
    }
    view.note('Ending the run: requests in flight may finish. Ctrl-C again ends it at once.');
    run.stop();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return interrupts;
}
