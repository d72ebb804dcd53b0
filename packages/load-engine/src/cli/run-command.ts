/** `loadspiker run FILE`: a scenario, with the flags of Locust. */
import { Command } from 'commander';
import type { Wait } from '../durations.ts';
import type { LoadOptions } from '../run/load-options.ts';
import { addLoadFlags, type LoadFlags, type OutputOptions, toRunOptions } from './load-flags.ts';
import { readOption, readWait } from './values.ts';

/** What to do with a command line that was understood. */
export type OnLoad = (load: LoadOptions, output: OutputOptions) => Promise<void>;

export interface ScenarioFlags extends LoadFlags {
  readonly host?: string;
  readonly wait?: Wait;
  readonly option?: Readonly<Record<string, string>>;
}

const EXAMPLES = `
Examples:
  loadspiker run scenarios/books.ts --headless -u 100 -r 20 -t 5m -H http://localhost:5000
  loadspiker run scenarios/books.ts -u 20 -t 30s -H localhost:5000 --wait 0.5-2 --json report.json
  loadspiker run my-test.mts -n 1000 --option plan=premium

The flags are those of Locust: -u users, -r users started per second, -t run time, -H base URL.
Times: 300s, 20m, 3h, 1h30m, 250ms; a bare number is seconds. Without -t or -n a run goes on until Ctrl-C.`;

const DEFAULTS = { users: 1, spawnRate: '1', runTime: 'until Ctrl-C' };

export function buildRunCommand(onLoad: OnLoad): Command {
  const run = new Command('run')
    .description(
      'Runs a scenario: a .ts, .mts, .js or .mjs file that exports defineScenario({ … }) as default.',
    )
    .helpOption('-h, --help', 'print this help')
    .argument('<file>', 'the scenario file')
    .exitOverride();
  addLoadFlags(run, DEFAULTS, { spawnRate: '-r, ', rampUp: '', runTime: '-t, ' });
  return addScenarioFlags(run, '-H, ', '-i, ')
    .option('--headless', 'accepted for Locust users: a run is always headless, there is no web UI')
    .addHelpText('after', EXAMPLES)
    .action((file: string, flags: ScenarioFlags) => onLoad(toLocustLoad(file, flags), flags));
}

export function addScenarioFlags(command: Command, shortHost: string, shortWait: string): Command {
  return command
    .option(`${shortHost}--host <url>`, 'base URL of the service')
    .option(`${shortWait}--wait <min-max>`, 'pause between tasks, such as 0-50ms or 0.5-2', readWait)
    .option('--option <key=value>', 'an option of the scenario; may be repeated', readOption);
}

/** What the flags say of a scenario, beside its shape. */
export function toScenario(file: string, { host, wait, option }: ScenarioFlags) {
  return { scenario: file, host, wait, options: option };
}

function toLocustLoad(file: string, flags: ScenarioFlags): LoadOptions {
  const run = toRunOptions(flags, DEFAULTS.users);
  const isShaped = [flags.rate, flags.stage, flags.pattern].some((shape) => shape !== undefined);
  return { ...run, spawnRate: run.spawnRate ?? (isShaped ? undefined : 1), ...toScenario(file, flags) };
}
