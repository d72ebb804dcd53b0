/**
 * One run from its options to its summary: setup → threads → load → teardown → figures. The coordinator merges what
 * the threads hand over, and never measures itself.
 */
import { LONGEST_TIMER_MS } from '../durations.ts';
import { LoadEngineError, toMessage } from '../errors.ts';
import { Recorder } from '../record/recorder.ts';
import type { StartRecorder } from '../record/start-recorder.ts';
import { type EndReason, type RunSummary, type StartsSummary, summarize } from '../report/summary.ts';
import { listWarnings } from '../report/warnings.ts';
import type { Scenario } from '../scenario/define.ts';
import { type CrewListener, type CrewMember, countThreads, LocalMember, ThreadMember } from './crew.ts';
import type { LoadJob, ScenarioSource } from './job.ts';
import type { PreparedLoad } from './load-options.ts';
import type { LoopHealth } from './loop-watch.ts';
import { INTERVAL_MS } from './messages.ts';
import { type LoadProgress, ProgressLog } from './progress.ts';
import { Stage } from './stage.ts';
import { VALID } from './verdict.ts';

/** How long a thread may be silent after the time at which it should have ended. */
const SILENCE_MS = 3000;

/** A run in progress; `startLoad` makes it. */
export class LoadRun {
  /** Rejects with a LoadEngineError that carries the summary so far when the run could not be carried out. */
  readonly finished: Promise<RunSummary>;
  readonly #load: PreparedLoad;
  readonly #onProgress: (progress: LoadProgress) => void;
  readonly #recorder = new Recorder();
  readonly #log = new ProgressLog();
  readonly #startedAtWall = new Date().toISOString();
  #members: CrewMember[] = [];
  #startedAt = 0;
  #cpuBefore = process.cpuUsage();
  #isLoadOver = false;
  #endReason: EndReason = 'duration';
  #watchdog: NodeJS.Timeout | undefined;
  #abandon: () => void = () => {};
  readonly #abandoned = new Promise<undefined>((resolve) => {
    this.#abandon = () => resolve(undefined);
  });

  constructor(load: PreparedLoad, onProgress: (progress: LoadProgress) => void) {
    this.#load = load;
    this.#onProgress = onProgress;
    this.finished = this.#execute();
  }

  /** Looks at the run over time; at most 600. */
  get progress(): readonly LoadProgress[] {
    return this.#log.points;
  }

  /** Ends the run: no request starts any more, those in flight have the plan's grace. */
  stop(): void {
    if (this.#isLoadOver) return;
    this.#endReason = 'interrupted';
    for (const member of this.#members) member.close();
    this.#watch(this.#load.plan.graceMs);
  }

  /** Ends the run without the grace: what is in flight counts as failed. */
  cut(): void {
    this.#abandon();
    if (this.#isLoadOver) return;
    this.#endReason = 'interrupted';
    for (const member of this.#members) member.cut('cut off when the run was interrupted');
    this.#watch(0);
  }

  async #execute(): Promise<RunSummary> {
    const { source, scenario, seed, requestTimeoutMs } = this.#load;
    if (source.kind === 'plain' || scenario === null) return this.#summarize(await this.#generate(undefined));
    const stage = new Stage(source, this.#recorder, seed, requestTimeoutMs);
    try {
      const shared = await this.#setUp(scenario, stage);
      const health = this.#endReason === 'interrupted' ? [] : await this.#generate(shared);
      await this.#tearDown(scenario, stage);
      return await this.#addReport(scenario, stage, this.#summarize(health));
    } catch (error) {
      if (this.#startedAt > 0) await this.#tearDown(scenario, stage);
      throw error;
    } finally {
      stage.close();
    }
  }

  async #setUp(scenario: Scenario, stage: Stage): Promise<unknown> {
    try {
      return await this.#unlessAbandoned(scenario.setup?.(stage));
    } catch (cause) {
      throw new LoadEngineError('setup-failed', `The setup of ${scenario.name} failed: ${toMessage(cause)}`, {
        cause,
      });
    }
  }

  async #tearDown(scenario: Scenario, stage: Stage): Promise<void> {
    try {
      await this.#unlessAbandoned(scenario.teardown?.(stage));
    } catch (thrown) {
      this.#recorder.recordException('teardown', toMessage(thrown));
    }
  }

  /** What was measured must not be lost with a report that fails. */
  async #addReport(scenario: Scenario, stage: Stage, summary: RunSummary): Promise<RunSummary> {
    try {
      return { ...summary, report: (await this.#unlessAbandoned(scenario.report?.(summary, stage))) ?? [] };
    } catch (thrown) {
      const warning = `The report of ${scenario.name} failed: ${toMessage(thrown)}`;
      return { ...summary, warnings: [...summary.warnings, warning] };
    }
  }

  /** Code around the load may hang; a second Ctrl-C must still end the run. */
  #unlessAbandoned<T>(work: Promise<T> | T): Promise<T | undefined> {
    return Promise.race([work, this.#abandoned]);
  }

  async #generate(shared: unknown): Promise<LoopHealth[]> {
    const ticker = setInterval(() => this.#look(), INTERVAL_MS);
    try {
      this.#members = this.#hire(shared);
      await Promise.all(this.#members.map((member) => member.ready));
      this.#startedAt = performance.now();
      this.#cpuBefore = process.cpuUsage();
      for (const member of this.#members) member.start();
      if (this.#endReason === 'interrupted') this.stop();
      else if (this.#load.plan.durationMs !== null)
        this.#watch(this.#load.plan.durationMs + this.#load.plan.graceMs);
      const health = await Promise.all(this.#members.map((member) => member.ended));
      this.#look();
      return health;
    } catch (error) {
      throw await this.#giveUp(error);
    } finally {
      this.#isLoadOver = true;
      clearInterval(ticker);
      clearTimeout(this.#watchdog);
    }
  }

  #hire(shared: unknown): CrewMember[] {
    const { plan, scenario, seed, requestTimeoutMs } = this.#load;
    const source = this.#load.source.kind === 'plain' ? this.#load.source : { ...this.#load.source, shared };
    const isLocal = source.kind === 'scenario' && source.file === null;
    const threads = isLocal ? 1 : countThreads(this.#load.workerThreads, plan.users);
    const iterations = plan.iterations === null ? null : new SharedArrayBuffer(4);
    const job = { source, plan, threads, seed, requestTimeoutMs, iterations };
    const listener: CrewListener = {
      onDelta: (delta) => this.#recorder.merge(delta),
      onExhausted: () => this.#drain(),
    };
    if (isLocal && scenario) return [new LocalMember({ ...job, thread: 0 }, scenario, listener)];
    return Array.from({ length: threads }, (_, thread): CrewMember => {
      return new ThreadMember(toCloneable({ ...job, thread }), listener);
    });
  }

  #drain(): void {
    if (this.#endReason === 'duration') this.#endReason = 'iterations';
    for (const member of this.#members) member.drain();
  }

  /** Ends what is left of a run that lost a thread; the error then carries what was measured. */
  async #giveUp(error: unknown): Promise<unknown> {
    this.#endReason = 'crashed';
    for (const member of this.#members) member.cut('cut off when a load thread crashed');
    this.#watch(0);
    const settled = await Promise.allSettled(this.#members.map((member) => member.ended));
    const health = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    if (error instanceof LoadEngineError && this.#startedAt > 0) error.summary = this.#summarize(health);
    return error;
  }

  /** A thread whose code blocks its event loop can neither see its end nor hear us. */
  #watch(untilEndMs: number): void {
    clearTimeout(this.#watchdog);
    if (this.#members.length === 0) return;
    this.#watchdog = setTimeout(
      () => {
        for (const member of this.#members) {
          member.terminate('did not end when it should have: code of the scenario blocks its event loop.');
        }
      },
      Math.min(untilEndMs + SILENCE_MS, LONGEST_TIMER_MS),
    );
  }

  #look(): void {
    if (this.#startedAt === 0) return;
    const { plan } = this.#load;
    const activeUsers = this.#members.reduce((sum, member) => sum + member.activeUsers, 0);
    const elapsedMs = performance.now() - this.#startedAt;
    const facts = { elapsedMs, durationMs: plan.durationMs, activeUsers, users: plan.users };
    this.#onProgress(this.#log.take(this.#recorder, facts));
  }

  /** CPU time of all threads since the start, in cores. */
  #countCores(): number {
    const { user, system } = process.cpuUsage(this.#cpuBefore);
    const elapsedMs = performance.now() - this.#startedAt;
    return this.#startedAt === 0 || elapsedMs <= 0 ? 0 : (user + system) / 1000 / elapsedMs;
  }

  #summarize(health: readonly LoopHealth[]): RunSummary {
    const { name, target, plan, seed, source } = this.#load;
    const worst = (pick: (one: LoopHealth) => number): number => Math.max(0, ...health.map(pick));
    const facts = {
      name,
      target,
      startedAt: this.#startedAtWall,
      durationMs:
        worst((one) => one.durationMs) || (this.#startedAt === 0 ? 0 : performance.now() - this.#startedAt),
      users: plan.users,
      spawnRate: plan.spawnRate,
      seed,
      endReason: this.#endReason,
      generator: {
        threads: this.#members.length,
        utilization: worst((one) => one.utilization),
        loopDelayP99Ms: worst((one) => one.delayP99Ms),
        loopDelayMaxMs: worst((one) => one.delayMaxMs),
        cores: this.#countCores(),
        gcMs: health.reduce((sum, { gcMs }) => sum + gcMs, 0),
        gcMaxMs: worst((one) => one.gcMaxMs),
        socketsMax: health.reduce((sum, { socketsMax }) => sum + socketsMax, 0),
      },
      starts: toStarts(this.#recorder.starts, null),
      verdict: VALID,
      events: [],
      thresholds: [],
      metrics: [],
    };
    return summarize(this.#recorder, facts, listWarnings(this.#recorder, facts, isLocal(source)));
  }
}

function toStarts({ started, dropped, lateness }: StartRecorder, planned: number | null): StartsSummary {
  const [p50 = null, p99 = null] = lateness.percentilesUs([50, 99]);
  const toMs = (us: number | null) => (us === null ? null : us / 1000);
  return {
    planned,
    started,
    dropped,
    latenessP50Ms: toMs(p50),
    latenessP99Ms: toMs(p99),
    latenessMaxMs: toMs(lateness.maxUs),
  };
}

function isLocal(source: LoadJob['source'] | ScenarioSource): boolean {
  return source.kind === 'scenario' && source.file === null;
}

/** Names the culprit where setup returned what cannot cross to a thread. */
function toCloneable(job: LoadJob): LoadJob {
  try {
    structuredClone(job.source);
    return job;
  } catch (cause) {
    throw new LoadEngineError(
      'setup-failed',
      `What setup returned cannot cross to the load threads: ${toMessage(cause)}`,
      { cause },
    );
  }
}
