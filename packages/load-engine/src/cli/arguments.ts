/** The command line: its flags, their help, and what they mean for a run. */
import { Command } from 'commander';
import type { Wait } from '../durations.ts';
import type { LoadOptions } from '../run/load-options.ts';
import { addShapeFlags, type ShapeFlags, toShape } from './shape-flags.ts';
import {
  readGrace,
  readHeader,
  readOption,
  readRate,
  readRunTime,
  readSeed,
  readStatuses,
  readTimeLimit,
  readWait,
  readWhole,
} from './values.ts';

/** How the run is shown. */
export interface OutputOptions {
  readonly json?: string;
  readonly quiet?: boolean;
  readonly progress: boolean;
  /** Print the plan and send nothing. */
  readonly explain?: boolean;
}

/** What to do with a command line that was understood. */
export type OnLoad = (load: LoadOptions, output: OutputOptions) => Promise<void>;

interface CommonFlags extends OutputOptions, ShapeFlags {
  readonly users?: number;
  readonly spawnRate?: number;
  readonly runTime?: number;
  readonly duration?: number;
  readonly rampUp?: number;
  readonly iterations?: number;
  readonly threads: number;
  readonly timeout?: number;
  readonly grace?: number;
  readonly seed?: number;
}

interface UrlFlags extends CommonFlags {
  readonly method?: string;
  readonly header?: readonly (readonly [string, string])[];
  readonly body?: string;
  readonly expect?: readonly number[];
}

interface RunFlags extends CommonFlags {
  readonly host?: string;
  readonly wait?: Wait;
  readonly option?: Readonly<Record<string, string>>;
}

const DEFAULT_URL_RUN_MS = 60_000;

const URL_EXAMPLES = `
Examples:
  loadspiker localhost:5000/books                      10 users for 60 seconds
  loadspiker localhost:5000/books -u 64 -t 10s         64 users, all at once
  loadspiker localhost:5000/books -u 100 -r 20 -t 5m   20 more users each second
  loadspiker localhost:5000/books --rate 200 -t 1m     200 requests a second by the clock
  loadspiker localhost:5000/books --stage 30s:50 --stage 1m:50 --stage 30s:0
  loadspiker localhost:5000/login -m POST -H 'Content-Type: application/json' -b '{"name":"a"}'
  loadspiker run scenarios/books.ts -u 100 -r 20 -t 5m -H http://localhost:5000

Times: 300s, 20m, 3h, 1h30m, 250ms; a bare number is seconds.
Exit codes: 0 nothing failed, 1 something failed, 2 wrong usage, 3 the run could not be carried out,
5 invalid: the generator was the bottleneck, 130 ended at once by a second Ctrl-C. A first Ctrl-C ends the run early and still prints its summary.`;

const RUN_EXAMPLES = `
Examples:
  loadspiker run scenarios/books.ts --headless -u 100 -r 20 -t 5m -H http://localhost:5000
  loadspiker run scenarios/books.ts -u 20 -t 30s -H localhost:5000 --wait 0.5-2 --json report.json
  loadspiker run my-test.mts -n 1000 --option plan=premium

The flags are those of Locust: -u users, -r users started per second, -t run time, -H base URL.
Times: 300s, 20m, 3h, 1h30m, 250ms; a bare number is seconds. Without -t or -n a run goes on until Ctrl-C.`;

/** The whole command; it throws commander's errors instead of ending the process. */
export function buildCommand(version: string, onLoad: OnLoad): Command {
  const program = new Command('loadspiker')
    .description('Loads an HTTP service with virtual users and measures what they see.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .showHelpAfterError('loadspiker --help explains the command with examples.')
    .argument('<url>', 'what to load; http:// where no scheme is given')
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'loadspiker: ')) })
    .exitOverride();
  addLoadFlags(program, 10)
    .option('-m, --method <method>', 'HTTP method (default: GET, or POST with a body)')
    .option('-H, --header <name: value>', 'a header of the request; may be repeated', readHeader)
    .option('-b, --body <text>', 'body of the request')
    .option(
      '--expect <statuses>',
      'statuses that count as a success, such as 2xx,304 (default: 2xx)',
      readStatuses,
    )
    .addHelpText('after', URL_EXAMPLES)
    .action((url: string, flags: UrlFlags) => onLoad(toUrlLoad(url, flags), flags));
  program.addCommand(buildRunCommand(onLoad).copyInheritedSettings(program));
  return program;
}

function buildRunCommand(onLoad: OnLoad): Command {
  const run = new Command('run')
    .description(
      'Runs a scenario: a .ts, .mts, .js or .mjs file that exports defineScenario({ … }) as default.',
    )
    .helpOption('-h, --help', 'print this help')
    .argument('<file>', 'the scenario file')
    .exitOverride();
  return addLoadFlags(run, 1)
    .option('-H, --host <url>', 'base URL of the service')
    .option('-i, --wait <min-max>', 'pause between tasks, such as 0-50ms or 0.5-2', readWait)
    .option('--option <key=value>', 'an option of the scenario; may be repeated', readOption)
    .option('--headless', 'accepted for Locust users: there is no web UI, a run is always headless')
    .addHelpText('after', RUN_EXAMPLES)
    .action((file: string, flags: RunFlags) => onLoad(toScenarioLoad(file, flags), flags));
}

function addLoadFlags(command: Command, users: number): Command {
  return addShapeFlags(command)
    .option('-u, --users <count>', `virtual users (default: ${users})`, readWhole)
    .option(
      '-r, --spawn-rate <rate>',
      `users started per second (default: ${users === 1 ? '1' : 'all at once'})`,
      readRate,
    )
    .option('--ramp-up <time>', 'start the users evenly over this time instead of by a rate', readRunTime)
    .option(
      '-t, --run-time <time>',
      `how long to run (default: ${users === 1 ? 'until Ctrl-C' : '60s'})`,
      readRunTime,
    )
    .option('-d, --duration <time>', 'the same as --run-time', readRunTime)
    .option('-n, --iterations <count>', 'end after so many requests or tasks in all', readWhole)
    .option(
      '--timeout <time>',
      'limit for a whole request; a bare number is milliseconds (default: 30s)',
      readTimeLimit,
      30_000,
    )
    .option('--grace <time>', 'how long requests in flight may finish after the end (default: 5s)', readGrace)
    .option('--threads <count>', 'threads at most; never more than cores or users', readWhole, 10)
    .option('--seed <number>', 'repeat the random draws of an earlier run', readSeed)
    .option('--json <file>', 'write a report as JSON')
    .option('--explain', 'print who starts when, and send nothing')
    .option('-q, --quiet', 'print nothing but errors')
    .option('--no-progress', 'print only the summary');
}

function toUrlLoad(url: string, flags: UrlFlags): LoadOptions {
  const common = toCommon(flags, 10);
  const { durationMs, iterations, iterationsPerUser, stages } = common;
  const hasEnd = [durationMs, iterations, iterationsPerUser, stages].some((end) => end !== undefined);
  return {
    ...common,
    durationMs: hasEnd ? durationMs : DEFAULT_URL_RUN_MS,
    url,
    method: flags.method ?? (flags.body === undefined ? 'GET' : 'POST'),
    headers: flags.header,
    body: flags.body,
    expect: flags.expect,
  };
}

function toScenarioLoad(file: string, flags: RunFlags): LoadOptions {
  const common = toCommon(flags, 1);
  return {
    ...common,
    spawnRate: common.spawnRate ?? (flags.rate === undefined && flags.stage === undefined ? 1 : undefined),
    scenario: file,
    host: flags.host,
    wait: flags.wait,
    options: flags.option,
  };
}

function toCommon(flags: CommonFlags, defaultUsers: number) {
  const { users = defaultUsers } = flags;
  return {
    ...toShape(flags, { users: flags.users, defaultUsers, durationMs: flags.duration ?? flags.runTime }),
    spawnRate: flags.rampUp === undefined ? flags.spawnRate : (users * 1000) / flags.rampUp,
    iterations: flags.iterations,
    workerThreads: flags.threads,
    requestTimeoutMs: flags.timeout,
    graceMs: flags.grace,
    seed: flags.seed,
  };
}
