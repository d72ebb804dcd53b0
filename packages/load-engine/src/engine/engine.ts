/** The documented front door: one object that sends single requests, runs loads, and counts all of it in one place. */
import { LoadEngineError } from '../errors.ts';
import { type ConnectionOptions, loadConnection } from '../http/connection-options.ts';
import { Recorder } from '../record/recorder.ts';
import { type LoadOptions, type PreparedLoad, prepareLoad } from '../run/load-options.ts';
import { LoadRun } from '../run/load-run.ts';
import { BusyTime, RunTime } from './busy-time.ts';
import { type CustomTestOptions, repeatPerUser } from './custom-test.ts';
import { Line, type Route } from './line.ts';
import { LinePool } from './line-pool.ts';
import { type LoadRequest, type LoadTestOptions, toRequestLoad } from './load-test.ts';
import { type EngineMetrics, toMetrics } from './metrics.ts';
import { assertCount, assertSeconds } from './parameters.ts';
import {
  carryOut,
  type ExecuteOptions,
  type ExecuteResult,
  type Outcome,
  type PreparedRequest,
  prepareRequest,
} from './request.ts';
import { type RunReporter, RunReporters } from './run-reporters.ts';
import { type RunnableScenario, type RunScenarioOptions, toScenarioLoad } from './scenario-run.ts';

export interface EngineOptions {
  /** The most sockets open at once (default 1,000), over single requests and runs; who finds none free waits. */
  readonly maxConnections?: number | undefined;
  /** The most threads of a run (default 10): it gets min(it, cores, users). */
  readonly workerThreads?: number | undefined;
  /** How much of the body of a single request's answer is kept, in bytes (default 1 MiB); the rest is read and counted. */
  readonly maxBodyBytes?: number | undefined;
  /** TLS and addresses, for single requests and runs. */
  readonly connection?: ConnectionOptions | undefined;
  /** For single requests that do not say otherwise. */
  readonly http2?: boolean | undefined;
  readonly proxy?: string | undefined;
}

const MIB = 1_048_576;

export class Engine implements AsyncDisposable {
  readonly maxConnections: number;
  readonly workerThreads: number;
  readonly #options: EngineOptions;
  readonly #maxBodyBytes: number;
  readonly #lines: LinePool;
  readonly #runs = new Map<LoadRun, RunTime>();
  readonly #busy = new BusyTime();
  #recorder = new Recorder();
  #createLine: ((route: Route) => Line) | undefined;
  #isClosed = false;

  /** Throws a TypeError or RangeError that names what was expected and what came. */
  constructor(options: EngineOptions = {}) {
    if (typeof options !== 'object' || options === null)
      throw new TypeError(`Expected options such as { maxConnections: 500 }, got ${String(options)}.`);
    const { maxConnections = 1000, workerThreads = 10, maxBodyBytes = MIB } = options;
    this.maxConnections = assertCount('maxConnections', maxConnections);
    this.workerThreads = assertCount('workerThreads', workerThreads);
    this.#maxBodyBytes = assertCount('maxBodyBytes', maxBodyBytes, 0);
    this.#options = options;
    this.#lines = new LinePool(this.maxConnections, (route) => this.#toLine(route));
  }

  /**
   * Sends one request, follows up to five redirects, and counts it. A network failure is a result; only a parameter
   * that no request can have rejects, with a TypeError or RangeError that says what was expected.
   */
  async executeRequest(url: string, options: ExecuteOptions = {}): Promise<ExecuteResult> {
    if (typeof url !== 'string') throw new TypeError(`Expected url to be a text, got ${typeof url}.`);
    const request = prepareRequest(options, this.#options);
    // Loading is no part of the time of the request that comes first.
    await this.#loadLines();
    const startedAt = performance.now();
    const recorder = this.#recorder;
    this.#busy.begin(startedAt);
    const outcome = await carryOut(url, request, this.#lines, this.#maxBodyBytes);
    const endedAt = performance.now();
    // What was under way at a reset belongs to the time before it.
    if (recorder === this.#recorder) record(recorder, toStep(url, request), outcome, endedAt - startedAt);
    this.#busy.end(endedAt);
    return toResult(outcome, endedAt - startedAt);
  }

  /** Figures of everything done since the start or the last reset, over all threads of runs under way. */
  getMetrics(): EngineMetrics {
    for (const [run, time] of this.#runs) {
      run.handOver();
      time.look(run.elapsedMs);
    }
    return this.#toMetrics();
  }

  #toMetrics(): EngineMetrics {
    return toMetrics(this.#recorder, this.#busy.seconds());
  }

  /** Sets all figures to zero. */
  resetMetrics(): void {
    // What threads have counted until now must not come after it.
    for (const run of this.#runs.keys()) run.handOver();
    this.#recorder = new Recorder();
    this.#busy.reset();
  }

  /**
   * Runs a scenario (a file, or what `defineScenario` made) with users in loops until the duration is over, and returns
   * the engine's figures, which runs add to. Rejects with a LoadEngineError when it could not be carried out.
   */
  async runScenario(scenario: RunnableScenario, options: RunScenarioOptions = {}): Promise<EngineMetrics> {
    return this.#run(toScenarioLoad(scenario, options), options.reporters);
  }

  /**
   * Sets the figures to zero, repeats a function per user with a tenth of a second between two calls, and returns the
   * figures. What it throws is printed, and ends nothing.
   */
  async runCustomTest(
    run: (engine: Engine, userId: number) => unknown,
    options: CustomTestOptions = {},
  ): Promise<EngineMetrics> {
    if (typeof run !== 'function') throw new TypeError(`Expected a function, got ${typeof run}.`);
    assertCount('users', options.users ?? 10);
    assertSeconds('duration', options.duration ?? 60);
    this.resetMetrics();
    await repeatPerUser(
      (userId) => run(this, userId),
      options,
      (sentence) => this.#recorder.recordException('custom test', sentence),
    );
    return this.getMetrics();
  }

  /** Repeats a list of requests per user, one after the other, until the duration is over; returns the figures. */
  async startLoadTest(
    requests: readonly LoadRequest[],
    options: LoadTestOptions = {},
  ): Promise<EngineMetrics> {
    return this.#run(toRequestLoad(requests, options), options.reporters);
  }

  /** Ends runs and requests under way, and closes all connections; later requests fail. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const run of this.#runs.keys()) run.cut();
    await this.#lines.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run(load: LoadOptions, reporters: readonly RunReporter[] = []): Promise<EngineMetrics> {
    if (this.#isClosed) throw new LoadEngineError('engine-closed', 'The engine is closed.');
    const { maxConnections, workerThreads } = this;
    const { connection } = this.#options;
    const prepared = await prepareLoad({ ...load, maxConnections, workerThreads, connection });
    const told = new RunReporters(reporters);
    const places = await this.#lines.lend(countPlaces(prepared, maxConnections));
    try {
      const settings = { ...prepared.settings, maxConnections: places };
      return await this.#carryOut({ ...prepared, settings }, told);
    } finally {
      this.#lines.giveBack(places);
    }
  }

  async #carryOut(load: PreparedLoad, told: RunReporters): Promise<EngineMetrics> {
    await told.start();
    const time = new RunTime(this.#busy);
    const run = new LoadRun(
      load,
      (progress) => {
        time.look(progress.elapsedMs);
        told.progress(progress.elapsedMs / 1000, this.#toMetrics());
      },
      (delta) => this.#recorder.merge(delta),
    );
    this.#runs.set(run, time);
    const [finished] = await Promise.allSettled([run.finished]);
    this.#runs.delete(run);
    if (finished.status === 'fulfilled') time.measured(finished.value);
    time.stop();
    const [reported] = await Promise.allSettled([told.end(this.getMetrics())]);
    // Why the run broke off is more than that it was not reported.
    for (const result of [finished, reported]) if (result.status === 'rejected') throw result.reason;
    return this.getMetrics();
  }

  async #loadLines(): Promise<void> {
    if (this.#createLine !== undefined) return;
    const [undici, connection] = await Promise.all([
      import('undici'),
      loadConnection(this.#options.connection),
    ]);
    this.#createLine = (route) => new Line(undici, route, connection);
  }

  #toLine(route: Route): Line {
    if (this.#createLine === undefined) throw new TypeError('expected the lines to be loaded');
    return this.#createLine(route);
  }
}

/** As many connections as a browser opens to one host; who sends more at once than these waits. */
const CONNECTIONS_PER_USER = 6;

/** How many of an engine's connections a run may need. */
function countPlaces({ parts }: PreparedLoad, maxConnections: number): number {
  const wanted = parts.reduce(
    (sum, { plan, source }) => sum + plan.users * (source.kind === 'plain' ? 1 : CONNECTIONS_PER_USER),
    0,
  );
  // Tasks on our own loop may ask this engine for single requests, and must not wait for themselves.
  const isLocal = parts.some(({ source }) => source.kind === 'scenario' && source.file === null);
  return Math.min(wanted, isLocal ? Math.max(1, maxConnections - 1) : maxConnections);
}

/** The step that a request is counted under. */
function toStep(url: string, { method, name }: PreparedRequest): string {
  if (name !== undefined) return name;
  return `${method} ${URL.canParse(url) ? new URL(url).pathname : '(not a URL)'}`;
}

function record(recorder: Recorder, step: string, outcome: Outcome, durationMs: number): void {
  const { answer, failure, waitedMs, bytesSent, bytesReceived } = outcome;
  const serviceMs = durationMs - waitedMs;
  recorder.step(step).record(answer?.status ?? 0, failure, serviceMs, bytesSent, bytesReceived, waitedMs);
}

function toResult({ answer, failure }: Outcome, durationMs: number): ExecuteResult {
  const responseTimeUs = Math.round(durationMs * 1000);
  return {
    statusCode: answer?.status ?? 0,
    headers: (answer?.headers ?? []).map(([name, value]) => `${name}: ${value}`).join('\n'),
    body: answer?.body.toString('utf8') ?? '',
    responseTimeUs,
    responseTimeMs: responseTimeUs / 1000,
    success: failure === '',
    errorMessage: failure,
  };
}
