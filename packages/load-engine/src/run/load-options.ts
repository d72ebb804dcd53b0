/** What a caller says about a run, checked and completed before anything starts. */
import { resolve } from 'node:path';
import { type GatheredThresholds, gatherThresholds, type Thresholds } from '../checks/thresholds.ts';
import { assertWait, type Wait } from '../durations.ts';
import { encodeMultipart, type FormFields, openTarget, renderRequest } from '../http/index.ts';
import { buildPlan, type LoadPlan, type PlanOptions } from '../plan/plan.ts';
import type { Tags } from '../record/step-recorder.ts';
import type { Scenario } from '../scenario/define.ts';
import { loadScenario } from '../scenario/load.ts';
import { resolveOptions } from '../scenario/options.ts';
import { Targets } from '../scenario/targets.ts';
import { toStatusTable } from '../users/expectation.ts';
import type { PlainSource, ScenarioSource } from './job.ts';
import { prepareSettings, type RunSettings, type SettingOptions } from './run-settings.ts';

/** What one of several loads says of itself. */
interface PartOptions extends PlanOptions {
  /** Of all its steps, beside `scenario`, its name, where there are several. */
  readonly tags?: Tags | undefined;
}

/** What holds for the whole run. */
interface RunOptions extends SettingOptions {
  /** The most threads to use (default 10): a run gets min(it, cores, users, maxConnections). */
  readonly workerThreads?: number | undefined;
  /** Makes the draws of tasks, pauses and `user.random()` repeat; random if absent, and in the summary. */
  readonly seed?: number | undefined;
  /** What must hold of the figures, beside the thresholds of the scenarios themselves. */
  readonly thresholds?: Thresholds | undefined;
}

/** One request over and over: the fastest kind of load. */
export interface UrlPart extends PartOptions {
  /** An http or https URL; without a scheme it gets http://. */
  readonly url: string;
  readonly method?: string | undefined;
  readonly headers?:
    | readonly (readonly [name: string, value: string])[]
    | Readonly<Record<string, string>>
    | undefined;
  readonly body?: string | Uint8Array | undefined;
  /** Sent as a form with files (`multipart/form-data`), in place of `body`; files are read once, before the run. */
  readonly multipart?: FormFields | undefined;
  /** Statuses that count as a success (default: any 2xx). */
  readonly expect?: readonly number[] | undefined;
}

/** A scenario in code. */
export interface ScenarioPart extends PartOptions {
  /** A file, which every thread imports; or a scenario, which then runs on the caller's event loop. */
  readonly scenario: Scenario | string;
  /** The base URL of the paths that the scenario asks for. */
  readonly host?: string | undefined;
  /** Overrides of the scenario's own options, by name. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  /** Takes the place of the scenario's pause between tasks. */
  readonly wait?: Wait | undefined;
}

export type UrlLoad = RunOptions & UrlPart;
export type ScenarioLoad = RunOptions & ScenarioPart;

/** Several loads at once, each with a shape of its own. */
export interface ScenariosLoad extends RunOptions {
  /** By name; `startTimeMs` is when one begins, from the start of the run (default 0). */
  readonly scenarios: Readonly<
    Record<string, (UrlPart | ScenarioPart) & { readonly startTimeMs?: number | undefined }>
  >;
}

export type LoadOptions = UrlLoad | ScenarioLoad | ScenariosLoad;

/** One of the loads of a run. */
export interface PreparedPart {
  /** Empty where it is the only one. */
  readonly name: string;
  readonly plan: LoadPlan;
  readonly source: PlainSource | ScenarioSource;
  readonly scenario: Scenario | null;
  readonly startMs: number;
  readonly tags: Tags;
}

/** A run that can start: what `prepareLoad` makes of the options. */
export interface PreparedLoad extends GatheredThresholds {
  readonly parts: readonly PreparedPart[];
  readonly name: string;
  readonly target: string;
  readonly workerThreads: number;
  readonly settings: RunSettings;
  readonly seed: number;
}

/** Adds http:// where a URL has no scheme. */
function toAbsoluteUrl(text: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
}

/** Throws a TypeError or RangeError for a bad option, a LoadEngineError for a scenario that does not load. */
export async function prepareLoad(options: LoadOptions): Promise<PreparedLoad> {
  const { workerThreads = 10, seed = Math.floor(Math.random() * 2 ** 32) } = options;
  assertWhole('workerThreads', workerThreads, 1, 1024);
  assertWhole('seed', seed, 0, 2 ** 32 - 1);
  const settings = await prepareSettings(options);
  const run = { workerThreads, settings, seed };
  const load =
    'scenarios' in options ? await prepareParts(options, settings) : await prepareOnly(options, settings);
  return { ...run, ...load, ...gatherThresholds(options.thresholds, load.parts) };
}

/** When the load of a run ends; null for one that is stopped from outside. */
export function toRunDurationMs(parts: readonly Pick<PreparedPart, 'plan' | 'startMs'>[]): number | null {
  const ends = parts.map(({ plan, startMs }) => startMs + (plan.durationMs ?? Number.POSITIVE_INFINITY));
  const end = Math.max(...ends);
  return Number.isFinite(end) ? end : null;
}

type Prepared = Pick<PreparedPart, 'source' | 'scenario'> & Pick<PreparedLoad, 'name' | 'target'>;
type PreparedParts = Pick<PreparedLoad, 'parts' | 'name' | 'target'>;

async function prepareOnly(options: UrlLoad | ScenarioLoad, settings: RunSettings): Promise<PreparedParts> {
  const plan = buildPlan(options);
  const { name, target, source, scenario } = await preparePart(options, settings);
  const tags = toTags(options.tags);
  return { parts: [{ name: '', plan, source, scenario, startMs: 0, tags }], name, target };
}

async function prepareParts({ scenarios }: ScenariosLoad, settings: RunSettings): Promise<PreparedParts> {
  const names = Object.keys(scenarios);
  if (names.length === 0) throw new RangeError('expected at least one scenario, got none');
  const targets = new Set<string>();
  const parts: PreparedPart[] = [];
  for (const [name, options] of Object.entries(scenarios)) {
    const { startTimeMs = 0 } = options;
    if (!(Number.isFinite(startTimeMs) && startTimeMs >= 0)) {
      throw new RangeError(
        `expected startTimeMs of ${name} to be 0 or more milliseconds, got ${String(startTimeMs)}`,
      );
    }
    const { source, scenario, target } = await preparePart(options, settings);
    if (target !== '') targets.add(target);
    const tags = toTags({ ...options.tags, scenario: name });
    parts.push({ name, plan: buildPlan(options), source, scenario, startMs: startTimeMs, tags });
  }
  return { parts, name: names.join(', '), target: [...targets].join(', ') };
}

async function preparePart(options: UrlPart | ScenarioPart, settings: RunSettings): Promise<Prepared> {
  return 'url' in options ? prepareUrl(options, settings) : prepareScenario(options, settings);
}

/** In alphabetical order, so that equal tags are equal texts. */
function toTags(tags: Tags = {}): Tags {
  return Object.fromEntries(Object.entries(tags).sort(([left], [right]) => (left < right ? -1 : 1)));
}

function prepareUrl(options: UrlPart, settings: RunSettings): Prepared {
  const url = toAbsoluteUrl(options.url);
  const method = (options.method ?? 'GET').toUpperCase();
  const { headers, body } = toPlainContent(options);
  const { expect } = options;
  // Rendering once here reports a bad URL, header or method before any thread starts.
  const target = openTarget(url, settings);
  renderRequest({ method, target, headers, ...(body === undefined ? {} : { body }) });
  toStatusTable(expect);
  const { origin } = new URL(url);
  const name = `${method} ${target.path}`;
  return {
    source: { kind: 'plain', url, method, headers, body, expect, name },
    scenario: null,
    name,
    target: origin,
  };
}

function toPlainContent({ headers = {}, body, multipart }: UrlPart): Pick<PlainSource, 'headers' | 'body'> {
  const list: PlainSource['headers'] = Array.isArray(headers) ? headers : Object.entries(headers);
  if (multipart === undefined) return { headers: list, body };
  if (body !== undefined) throw new TypeError('expected either body or multipart, got both');
  const form = encodeMultipart(multipart);
  const others = list.filter(([name]) => name.toLowerCase() !== 'content-type');
  return { headers: [...others, ['Content-Type', form.contentType]], body: form.body };
}

async function prepareScenario(options: ScenarioPart, settings: RunSettings): Promise<Prepared> {
  const file = typeof options.scenario === 'string' ? resolve(options.scenario) : null;
  const scenario =
    typeof options.scenario === 'string' ? await loadScenario(options.scenario) : options.scenario;
  const { baseUrl } = new Targets(options.host === undefined ? '' : toAbsoluteUrl(options.host), settings);
  const source: ScenarioSource = {
    kind: 'scenario',
    file,
    baseUrl,
    options: resolveOptions(scenario.options ?? {}, options.options ?? {}),
    wait: assertWait(options.wait ?? scenario.wait ?? { minMs: 0, maxMs: 0 }),
    shared: undefined,
  };
  return { source, scenario, name: scenario.name, target: withoutCredentials(baseUrl) };
}

/** What may stand in a report. */
function withoutCredentials(baseUrl: string): string {
  if (baseUrl === '') return '';
  const { origin, pathname } = new URL(baseUrl);
  return origin + pathname.replace(/\/$/, '');
}

function assertWhole(name: string, value: number, lowest: number, highest: number): void {
  if (Number.isInteger(value) && value >= lowest && value <= highest) return;
  throw new RangeError(
    `expected ${name} to be a whole number from ${lowest} to ${highest}, got ${String(value)}`,
  );
}
