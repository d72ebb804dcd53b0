export { parseDuration, parseWait, type Wait } from './durations.ts';
export { LoadEngineError, type LoadEngineErrorCode } from './errors.ts';
export {
  type ClientFailureCode,
  type ClientRequest,
  createHttpClient,
  type HttpClient,
  type HttpClientOptions,
  type Measured,
} from './http/index.ts';
export { buildPlan, type LoadPlan, type PlanOptions, type Stage } from './plan/plan.ts';
export { Histogram } from './record/histogram.ts';
export { type JsonReport, toJsonReport } from './report/json.ts';
export {
  type EndReason,
  type ErrorSummary,
  hasFailures,
  PERCENTILES,
  type ResponseTimes,
  type RunSummary,
  type StepSummary,
} from './report/summary.ts';
export type {
  LoadOptions,
  ScenarioLoad,
  ScenarioPart,
  ScenariosLoad,
  UrlLoad,
  UrlPart,
} from './run/load-options.ts';
export type { LoadRun } from './run/load-run.ts';
export type { LoadProgress } from './run/progress.ts';
export { runLoad, startLoad } from './run-load.ts';
export {
  defineScenario,
  isScenario,
  type Scenario,
  type ScenarioDefinition,
  type ScenarioOptions,
  type Task,
} from './scenario/define.ts';
export type { Response } from './scenario/response.ts';
export type { RequestOptions, Requests, RunContext, VirtualUser } from './scenario/user.ts';
