/**
 * One run from its options to its summary: setup → threads → load → teardown → figures; and the handle by which it is
 * steered meanwhile. The coordinator merges what the threads hand over, and never measures itself.
 */

import { ThresholdWatch } from '../checks/thresholds.ts';
import { LoadEngineError } from '../errors.ts';
import { Recorder, type RecorderDelta } from '../record/recorder.ts';
import { summarizeMetrics } from '../record/summarize-metrics.ts';
import { type EndReason, type RunFacts, type RunSummary, summarize } from '../report/summary.ts';
import { listWarnings } from '../report/warnings.ts';
import { type CrewListener, type CrewMember, hireCrew } from './crew.ts';
import { toGenerator, toStarts } from './facts.ts';
import { LiveLooks } from './live-looks.ts';
import { type PreparedLoad, toRunDurationMs } from './load-options.ts';
import type { LoopHealth } from './loop-watch.ts';
import { type Command, INTERVAL_MS } from './messages.ts';
import { type LoadProgress, ProgressLog } from './progress.ts';
import { RunClock } from './run-clock.ts';
import type { RunEvent, RunEventKind } from './run-event.ts';
import { Scales, type ScaleTarget } from './scales.ts';
import { Stages } from './stages.ts';
import { judge, VALID } from './verdict.ts';
import { Watchdog } from './watchdog.ts';

/** A run in progress; `startLoad` makes it. */
export class LoadRun {
  /** Rejects with a LoadEngineError that carries the summary so far when the run could not be carried out. */
  readonly finished: Promise<RunSummary>;
  readonly #load: PreparedLoad;
  readonly #durationMs: number | null;
  readonly #graceMs: number;
  readonly #onProgress: (progress: LoadProgress) => void;
  readonly #onDelta: (delta: RecorderDelta) => void;
  readonly #recorder = new Recorder();
  /** Of the code around the load. */
  readonly #stageRecorder = new Recorder();
  readonly #stages: Stages;
  readonly #scales: Scales;
  readonly #thresholds: ThresholdWatch;
  readonly #log = new ProgressLog();
  readonly #clock = new RunClock();
  readonly #events: RunEvent[] = [];
  readonly #live = new LiveLooks();
  readonly #watchdog = new Watchdog();
  readonly #startedAtWall = new Date().toISOString();
  #members: readonly CrewMember[] = [];
  #health: readonly LoopHealth[] = [];
  #startedAt = 0;
  #mostActive = 0;
  #cpuBefore = process.cpuUsage();
  /** Of the plan, when it was stopped. */
  #endedAtMs: number | null = null;
  #isLoadOver = false;
  #endReason: EndReason = 'duration';

  /** `onDelta` hears of everything that is counted, as soon as it is handed over. */
  constructor(
    load: PreparedLoad,
    onProgress: (progress: LoadProgress) => void,
    onDelta: (delta: RecorderDelta) => void = () => {},
  ) {
    this.#load = load;
    this.#onDelta = onDelta;
    this.#durationMs = toRunDurationMs(load.parts);
    this.#graceMs = Math.max(...load.parts.map(({ plan }) => plan.graceMs));
    this.#onProgress = onProgress;
    this.#stages = new Stages(load, this.#stageRecorder);
    this.#scales = new Scales(load.parts);
    this.#thresholds = new ThresholdWatch(load.thresholds);
    for (const [name, kind] of Object.entries(load.metrics)) this.#recorder.metrics.declare(name, kind);
    this.finished = this.#execute();
  }

  /** Looks at the run over time; at most 600. */
  get progress(): readonly LoadProgress[] {
    return this.#log.points;
  }

  /** Each look at the run from now on, the latest where the reader is slow, until the load is over. */
  live(): AsyncGenerator<LoadProgress, void, undefined> {
    return this.#live.read();
  }

  /** What was done to the run so far, in its order. */
  get events(): readonly RunEvent[] {
    return this.#events;
  }

  /** What was counted so far, to look at. */
  get recorder(): Recorder {
    return this.#recorder;
  }

  /** The figures of a run that goes on; how its generator fares is known only at the end. */
  summarizeSoFar(): RunSummary {
    const { warnings, ...summary } = this.#summarize();
    const warning =
      'The run was not finished: these are its figures until then, without those of the generator.';
    return { ...summary, endReason: 'unfinished', verdict: VALID, warnings: [warning, ...warnings] };
  }

  /** Has all that was counted until now handed over; blocks for the moment that the threads need for it. */
  handOver(): void {
    if (this.#startedAt === 0 || this.#isLoadOver) return;
    for (const member of this.#members) member.askForHandOver();
    for (const member of this.#members) member.awaitHandOver();
  }

  /** Since the start of the load; null while there was none. */
  get elapsedMs(): number | null {
    return this.#startedAt === 0 ? null : performance.now() - this.#startedAt;
  }

  get isPaused(): boolean {
    return this.#startedAt > 0 && !this.#clock.isRunning;
  }

  /** Nothing starts any more until `resume`; iterations that have begun go on, and the plan waits. */
  pause(): void {
    if (!this.#isSteerable || this.isPaused) return;
    this.#clock.pause();
    this.#watchdog.rest();
    this.#tell({ type: 'pause' });
    this.#note('paused', 'Paused.');
  }

  resume(): void {
    if (!this.#isSteerable || !this.isPaused) return;
    this.#clock.resume();
    this.#watchPlan();
    this.#tell({ type: 'resume' });
    this.#note('resumed', 'Resumed.');
  }

  /**
   * Another number of users, or another rate, from now on to the end of the plan. Throws a RangeError that names what
   * was expected for a level that does not fit the load.
   */
  scale(target: ScaleTarget): void {
    const choice = this.#scales.choose(target);
    if (!this.#isSteerable) return;
    const { commands, text } = this.#scales.apply(choice, this.#clock.elapsedMs);
    for (const command of commands) this.#tell(command);
    this.#note('scaled', text);
  }

  /** Ends the run: no request starts any more, those in flight have the plan's grace. */
  stop(): void {
    if (this.#isLoadOver || this.#endReason === 'interrupted') return;
    this.#endReason = 'interrupted';
    this.#end('stopped', 'Stopped.');
  }

  /** Ends the run without the grace: what is in flight counts as failed. */
  cut(): void {
    this.#stages.abandon();
    if (this.#isLoadOver) return;
    this.#endReason = 'interrupted';
    this.#endedAtMs ??= this.#clock.elapsedMs;
    this.#tell({ type: 'cut', reason: 'cut off when the run was interrupted' });
    this.#watchdog.watch(this.#members, 0);
  }

  get #isSteerable(): boolean {
    return this.#startedAt > 0 && !this.#isLoadOver && this.#endedAtMs === null;
  }

  #end(kind: RunEventKind, text: string): void {
    this.#endedAtMs = this.#clock.elapsedMs;
    if (this.#startedAt > 0) this.#note(kind, text);
    this.#tell({ type: 'close' });
    this.#watchdog.watch(this.#members, this.#graceMs);
  }

  #tell(command: Command): void {
    for (const member of this.#members) member.tell(command);
  }

  #note(kind: RunEventKind, text: string): void {
    this.#events.push({ atMs: performance.now() - this.#startedAt, kind, text });
  }

  async #execute(): Promise<RunSummary> {
    try {
      const shared = await this.#stages.setUp();
      this.#stages.rest();
      this.#merge(this.#stageRecorder.takeDelta());
      if (this.#endReason !== 'interrupted') await this.#generate(shared);
      await this.#stages.tearDown();
      this.#merge(this.#stageRecorder.takeDelta());
      return await this.#stages.addReports(this.#summarize());
    } catch (error) {
      if (this.#startedAt > 0) await this.#stages.tearDown();
      throw error;
    } finally {
      this.#merge(this.#stageRecorder.takeDelta());
      this.#stages.close();
    }
  }

  #merge(delta: RecorderDelta): void {
    this.#recorder.merge(delta);
    this.#onDelta(delta);
  }

  async #generate(shared: readonly unknown[]): Promise<void> {
    const ticker = setInterval(() => {
      this.#look();
      this.#abortWhereBroken();
    }, INTERVAL_MS);
    const listener: CrewListener = {
      onDelta: (delta) => this.#merge(delta),
      onExhausted: (part) => this.#drain(part),
    };
    try {
      this.#members = hireCrew(this.#load, shared, listener);
      await Promise.all(this.#members.map((member) => member.ready));
      this.#startedAt = performance.now();
      this.#cpuBefore = process.cpuUsage();
      this.#clock.start();
      this.#tell({ type: 'start' });
      if (this.#endReason === 'interrupted') this.#end('stopped', 'Stopped.');
      else this.#watchPlan();
      this.#health = await Promise.all(this.#members.map((member) => member.ended));
      this.#look();
    } catch (error) {
      throw await this.#giveUp(error);
    } finally {
      this.#isLoadOver = true;
      this.#live.end();
      clearInterval(ticker);
      this.#watchdog.rest();
    }
  }

  #drain(part: number): void {
    if (this.#endReason === 'duration' && this.#load.parts.length === 1) this.#endReason = 'iterations';
    this.#tell({ type: 'drain', part });
  }

  /** Ends what is left of a run that lost a thread; the error then carries what was measured. */
  async #giveUp(error: unknown): Promise<unknown> {
    this.#endReason = 'crashed';
    this.#endedAtMs ??= this.#clock.elapsedMs;
    this.#tell({ type: 'cut', reason: 'cut off when a load thread crashed' });
    this.#watchdog.watch(this.#members, 0);
    const settled = await Promise.allSettled(this.#members.map((member) => member.ended));
    this.#health = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    if (error instanceof LoadEngineError && this.#startedAt > 0) error.summary = this.#summarize();
    return error;
  }

  /** Until the end of the plan and its grace, as far as it has one. */
  #watchPlan(): void {
    if (this.#durationMs === null) return;
    this.#watchdog.watch(this.#members, this.#durationMs - this.#clock.elapsedMs + this.#graceMs);
  }

  #look(): void {
    if (this.#startedAt === 0) return;
    const elapsedMs = performance.now() - this.#startedAt;
    const facts = {
      elapsedMs,
      pausedMs: Math.max(0, elapsedMs - this.#clock.elapsedMs),
      isPaused: this.isPaused,
      durationMs: this.#durationMs,
      activeUsers: this.#members.reduce((sum, member) => sum + member.activeUsers, 0),
      users: this.#scales.users,
    };
    this.#mostActive = Math.max(this.#mostActive, facts.activeUsers);
    const look = this.#log.take(this.#recorder, facts);
    this.#onProgress(look);
    this.#live.tell(look);
  }

  /** A threshold may end the run; what is in flight then has the plan's grace. */
  #abortWhereBroken(): void {
    if (!this.#isSteerable) return;
    const reason = this.#thresholds.look(this.#recorder, performance.now() - this.#startedAt);
    if (reason === null) return;
    this.#endReason = 'threshold';
    this.#end('aborted', reason);
  }

  #summarize(): RunSummary {
    const facts = this.#toFacts();
    const isLocal = this.#load.parts.some(({ source }) => source.kind === 'scenario' && source.file === null);
    const summary = summarize(this.#recorder, facts, listWarnings(this.#recorder, facts, isLocal));
    const { started, planned } = summary.starts;
    const { meanUs } = this.#recorder.starts.lateness;
    const p50Ms = summary.total.percentilesMs['50'] ?? null;
    const meanLatenessMs = meanUs === null ? null : meanUs / 1000;
    return { ...summary, verdict: judge({ planned, started, meanLatenessMs, p50Ms }) };
  }

  #toFacts(): RunFacts {
    const { name, target, seed, parts } = this.#load;
    const sinceStartMs = this.#startedAt === 0 ? 0 : performance.now() - this.#startedAt;
    const durationMs = Math.max(0, ...this.#health.map((one) => one.durationMs)) || sinceStartMs;
    return {
      name,
      target,
      startedAt: this.#startedAtWall,
      durationMs,
      users: this.#countUsers(),
      spawnRate: parts[0]?.plan.spawnRate ?? Number.POSITIVE_INFINITY,
      seed,
      endReason: this.#toEndReason(),
      generator: toGenerator(this.#health, this.#members.length, this.#countCores(sinceStartMs)),
      starts: toStarts(
        this.#recorder.starts,
        this.#scales.countPlanned(this.#endedAtMs ?? this.#clock.elapsedMs),
      ),
      verdict: VALID,
      events: this.#events,
      thresholds: this.#thresholds.results(this.#recorder, durationMs),
      metrics: summarizeMetrics(this.#recorder.metrics, durationMs / 1000),
    };
  }

  /** As many as were planned; of a load by the clock, as many as were seen busy, since the plan says only how many may be. */
  #countUsers(): number {
    const isOpen = this.#load.parts.every(({ plan }) => plan.model === 'open');
    return isOpen ? Math.max(1, this.#mostActive) : this.#scales.users;
  }

  /** Users who each had their iterations have ended the run themselves. */
  #toEndReason(): EndReason {
    const isCounted = this.#load.parts.every(({ plan }) => plan.iterationsPerUser !== null);
    const isEarly = this.#durationMs === null || this.#clock.elapsedMs < this.#durationMs;
    return this.#endReason === 'duration' && isCounted && isEarly ? 'iterations' : this.#endReason;
  }

  /** CPU time of all threads since the start, in cores. */
  #countCores(elapsedMs: number): number {
    const { user, system } = process.cpuUsage(this.#cpuBefore);
    return elapsedMs <= 0 ? 0 : (user + system) / 1000 / elapsedMs;
  }
}
