/** One run of one client on one server, and how far what it says is from what was true. */
import { runPinned } from '../command.ts';
import { withFolder } from '../folder.ts';
import { percentile } from '../percentile.ts';
import { startBusyLoops } from './busy-loops.ts';
import { type AccuracyCase, toLoad } from './cases.ts';
import { type AccuracyClient, type Measure, PERCENTS, type Truth, type Verdict } from './clients.ts';
import type { ServerProcess } from './server-process.ts';
import {
  type Gaps,
  measureGaps,
  type ServerLog,
  serverLateness,
  timesByClock,
  timesFromArrival,
  timesFromPlan,
} from './truth.ts';

export interface Comparison {
  readonly name: string;
  /** Against which it was held in the end. */
  readonly against: Truth;
  /** Both by PERCENTS. */
  readonly reportedMs: readonly number[];
  readonly trueMs: readonly number[];
}

export interface Outcome {
  readonly comparisons: readonly Comparison[];
  /** As the client counts. */
  readonly requests: number;
  readonly failures: number;
  /** As the server counts. */
  readonly arrived: number;
  readonly gaps: Gaps | undefined;
  readonly verdict: Verdict | null;
  /** p99 of what the server itself was late. */
  readonly serverLateMs: number;
}

/** For the start of a client and what it still waits for; busy loops end first, so that a client always comes to its end. */
const [LOOPS_GRACE_MS, CLIENT_GRACE_MS] = [30_000, 90_000];
/** A client that leaves out more of its plan, or adds to it, has none any more. */
const WHOLE_PLAN = 0.99;

export async function measure(
  server: ServerProcess,
  client: AccuracyClient,
  one: AccuracyCase,
  { seconds, core }: { seconds: number; core: number },
): Promise<Outcome> {
  await server.reset(one.behaviour);
  const loops = startBusyLoops(core, one.busyLoops, seconds * 1000 + LOOPS_GRACE_MS);
  const report = await withFolder(async (folder) => {
    const command = client.command(toLoad(one, server.url, seconds), folder);
    const { stdout } = await runPinned(core, command, { timeoutMs: seconds * 1000 + CLIENT_GRACE_MS });
    return client.read(stdout, folder);
  }).finally(() => loops.stop());
  const log = await server.readLog();
  if (log.arrivedMs.length < 2) throw new Error(`${client.name} sent nothing`);
  return {
    ...report,
    comparisons: report.measures.map((measured) => compare(measured, log, one, seconds)),
    arrived: log.arrivedMs.length,
    gaps: measureGaps(log.arrivedMs, one.ratePerSecond),
    serverLateMs: percentile(serverLateness(log, one.behaviour), 99),
  };
}

export function compare(
  { name, against, timesMs }: Measure,
  log: ServerLog,
  { behaviour, ratePerSecond }: Pick<AccuracyCase, 'behaviour' | 'ratePerSecond'>,
  seconds: number,
): Comparison {
  const planned = Math.round(ratePerSecond * seconds);
  const isWhole = Math.abs(log.arrivedMs.length - planned) <= planned * (1 - WHOLE_PLAN);
  const used = against === 'plan' && !isWhole ? 'clock' : against;
  const times =
    used === 'held'
      ? timesFromArrival(log)
      : used === 'plan'
        ? timesFromPlan(log, ratePerSecond)
        : timesByClock(behaviour, ratePerSecond, planned);
  return {
    name,
    against: used,
    reportedMs: timesMs,
    trueMs: PERCENTS.map((percent) => percentile(times, percent)),
  };
}
