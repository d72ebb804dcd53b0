/** The command line: its commands, their help, and what they mean for a run. */
import { Command } from 'commander';
import type { EngineOptions } from '../engine/engine.ts';
import type { LoadOptions } from '../run/load-options.ts';
import { type RequestSource, readConfig } from './config-file.ts';
import { type FormField, readForm } from './form-flag.ts';
import { buildInitCommand } from './init.ts';
import { addLoadFlags, toRunOptions } from './load-flags.ts';
import { toReach } from './reach-flags.ts';
import {
  addScenarioFlags,
  buildRunCommand,
  type OnLoad,
  type ScenarioFlags,
  toScenario,
} from './run-command.ts';
import { readHeader, readStatuses, readTime, type TimeFlag } from './values.ts';

/** What is done with a command line that was understood. */
export interface Actions {
  readonly onLoad: OnLoad;
  /** Requests by hand. */
  readonly onInteractive: (options: EngineOptions) => Promise<void>;
  readonly say: (text: string) => void;
}

interface UrlFlags extends ScenarioFlags {
  readonly t?: TimeFlag;
  readonly method?: string;
  readonly header?: readonly (readonly [string, string])[];
  readonly body?: string;
  readonly form?: readonly FormField[];
  readonly expect?: readonly number[];
  readonly scenario?: string;
  readonly config?: string;
  readonly interactive?: boolean;
}

const DEFAULT_URL_RUN_MS = 60_000;
const DEFAULTS = { users: 10, spawnRate: 'all at once', runTime: '60s' };

const EXAMPLES = `
Examples:
  loadspiker localhost:5000/books                      10 users for 60 seconds
  loadspiker localhost:5000/books -u 64 -d 10s         64 users, all at once
  loadspiker localhost:5000/books -u 100 -r 20s -d 5m  100 users, who start evenly over 20 seconds
  loadspiker localhost:5000/books --rate 200 -d 1m     200 requests a second by the clock
  loadspiker localhost:5000/books --stage 30s:50 --stage 1m:50 --stage 30s:0
  loadspiker localhost:5000/login -m POST -H 'Content-Type: application/json' -b '{"name":"a"}'
  loadspiker -c requests.json -u 20 -d 30s             requests of a file, without code
  loadspiker init                                      writes a first scenario
  loadspiker run scenarios/books.ts -u 100 -r 20 -t 5m -H http://localhost:5000

Times: 300s, 20m, 3h, 1h30m, 250ms; a bare number is seconds, but for -t from 1000 on: that is a limit in milliseconds.
Exit codes: 0 nothing failed, 1 something failed, 2 wrong usage, 3 the run could not be carried out,
4 a threshold does not hold, 5 invalid: the generator was the bottleneck, 130 ended at once by a second Ctrl-C.
A first Ctrl-C ends the run early and still prints its summary.`;

/** The whole command; it throws commander's errors instead of ending the process. */
export function buildCommand(version: string, { onLoad, onInteractive, say }: Actions): Command {
  const program = new Command('loadspiker')
    .description('Loads an HTTP service with virtual users and measures what they see.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .showHelpAfterError('loadspiker --help explains the command with examples.')
    .argument('[url]', 'what to load; http:// where no scheme is given')
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'loadspiker: ')) })
    .exitOverride();
  program
    .option('-s, --scenario <file>', 'run a scenario instead of a URL, as "loadspiker run" does')
    .option('-c, --config <file>', 'run the requests of a JSON file instead of a URL')
    .option('-i, --interactive', 'send requests by hand, one line each')
    .option('-m, --method <method>', 'HTTP method (default: GET, or POST with a body)')
    .option('-H, --header <name: value>', 'a header of the request; may be repeated', readHeader)
    .option('-b, --body <text>', 'body of the request')
    .option('-F, --form <name=value>', 'a field of a form, or name=@file; may be repeated', readForm)
    .option(
      '--expect <statuses>',
      'statuses that count as a success, such as 2xx,304 (default: 2xx)',
      readStatuses,
    )
    .option('-t <time>', 'how long to run (10s); from 1000 on a bare number is --timeout', readTime);
  addLoadFlags(program, DEFAULTS, { spawnRate: '', rampUp: '-r, ', runTime: '' });
  addScenarioFlags(program, '', '')
    .addHelpText('after', EXAMPLES)
    .action(async (url: string | undefined, flags: UrlFlags) => {
      assertOneSource(program, url, flags);
      const { maxConnections, connection } = toReach(flags);
      if (flags.interactive === true) await onInteractive({ maxConnections, connection });
      else await onLoad(toLoad(url, flags), flags);
    });
  program.addCommand(buildRunCommand(onLoad).copyInheritedSettings(program));
  program.addCommand(buildInitCommand(say).copyInheritedSettings(program));
  return program;
}

/** A URL, a scenario, a list of requests or a person at the keyboard: one of them. */
function assertOneSource(program: Command, url: string | undefined, flags: UrlFlags): void {
  const sources = [url, flags.scenario, flags.config, flags.interactive].filter((each) => each !== undefined);
  if (sources.length === 1) return;
  const expected = 'a URL, --scenario FILE, --config FILE or --interactive';
  program.error(
    sources.length === 0
      ? `error: nothing to load: expected ${expected}`
      : `error: expected only one of ${expected}`,
  );
}

/** For a minute, unless something says when it ends. */
function toLoad(url: string | undefined, flags: UrlFlags): LoadOptions {
  const { t } = flags;
  const run = toRunOptions(
    { ...flags, ...(t?.runTimeMs !== undefined && { runTime: t.runTimeMs }) },
    DEFAULTS.users,
  );
  const { durationMs, iterations, iterationsPerUser, stages, pattern } = run;
  const ends = [durationMs, iterations, iterationsPerUser, stages, pattern];
  const hasEnd = ends.some((end) => end !== undefined);
  const source = toSource(url, flags);
  return {
    ...source,
    ...run,
    durationMs: hasEnd ? durationMs : DEFAULT_URL_RUN_MS,
    requestTimeoutMs: source.requestTimeoutMs ?? t?.timeoutMs ?? run.requestTimeoutMs,
  };
}

function toSource(url: string | undefined, flags: UrlFlags): RequestSource {
  if (flags.scenario !== undefined) return toScenario(flags.scenario, flags);
  if (flags.config !== undefined) return readConfig(flags.config);
  return {
    url: url ?? '',
    method: flags.method ?? ((flags.body ?? flags.form) === undefined ? 'GET' : 'POST'),
    headers: flags.header,
    body: flags.body,
    multipart: flags.form,
    expect: flags.expect,
  };
}
