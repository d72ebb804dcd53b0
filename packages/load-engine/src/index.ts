export {
  AverageResponseTimeAssertion,
  avgResponseTimeUnder,
  CustomPerformanceAssertion,
  customPerformanceAssertion,
  ErrorRateAssertion,
  errorRateBelow,
  MaxResponseTimeAssertion,
  maxResponseTimeUnder,
  PercentileAssertion,
  PerformanceAssertion,
  PerformanceAssertionGroup,
  type PerformanceMetrics,
  p95ResponseTimeUnder,
  p99ResponseTimeUnder,
  percentileResponseTimeUnder,
  runPerformanceAssertions,
  SuccessRateAssertion,
  successRateAtLeast,
  ThroughputAssertion,
  TotalRequestsAssertion,
  throughputAtLeast,
  toPerformanceMetrics,
  totalRequestsAtLeast,
} from './checks/performance.ts';
export type { ThresholdResult } from './checks/threshold-result.ts';
export type { ThresholdEntry, ThresholdOptions, Thresholds } from './checks/thresholds.ts';
export { parseThresholdText } from './checks/thresholds.ts';
export { parseDuration, parseWait, type Wait } from './durations.ts';
export type { CustomTestOptions } from './engine/custom-test.ts';
export { Engine, type EngineOptions } from './engine/engine.ts';
export type { LoadRequest, LoadTestOptions } from './engine/load-test.ts';
export type { EngineMetrics } from './engine/metrics.ts';
export type { ExecuteOptions, ExecuteResult } from './engine/request.ts';
export type { RunReporter } from './engine/run-reporters.ts';
export type { RunnableScenario, RunScenarioOptions } from './engine/scenario-run.ts';
export { LoadEngineError, type LoadEngineErrorCode } from './errors.ts';
export type { ConnectionOptions } from './http/connection-options.ts';
export {
  type ClientFailureCode,
  type ClientRequest,
  createHttpClient,
  type FormFields,
  type FormFile,
  type FormValue,
  type HttpClient,
  type HttpClientOptions,
  type Measured,
} from './http/index.ts';
export { explainPlan, listStarts, type PlannedStart } from './plan/explain.ts';
export { buildPlan, type LoadPlan, type PlanOptions, type Stage } from './plan/plan.ts';
export type {
  CounterSummary,
  CustomMetricSummary,
  GaugeSummary,
  RateSummary,
  TrendSummary,
} from './record/custom-metric-summary.ts';
export { Histogram } from './record/histogram.ts';
export { toCsv, toCsvFailures, toCsvHistory } from './report/files/csv.ts';
export { type HdrInterval, toHdrLog } from './report/files/hdr-log.ts';
export { toHgrm } from './report/files/hgrm.ts';
export { toJunitXml } from './report/files/junit-xml.ts';
export { toHtmlReport } from './report/html/html-report.ts';
export { type JsonReport, toJsonReport } from './report/json.ts';
export {
  type Distribution,
  type EndReason,
  type ErrorSummary,
  type GeneratorSummary,
  hasBrokenThresholds,
  hasFailures,
  hasPassed,
  PERCENTILES,
  type ResponseTimes,
  type RunSummary,
  type StartsSummary,
  type StepSummary,
} from './report/summary.ts';
export { BaseReporter, type ReportedMetrics } from './reporters/base-reporter.ts';
export { ConsoleReporter, type TextOutput } from './reporters/console-reporter.ts';
export { HTMLReporter } from './reporters/html-reporter.ts';
export { JSONReporter } from './reporters/json-reporter.ts';
export { MultiReporter } from './reporters/multi-reporter.ts';
export type {
  LoadOptions,
  ScenarioLoad,
  ScenarioPart,
  ScenariosLoad,
  UrlLoad,
  UrlPart,
} from './run/load-options.ts';
export type { LoadRun } from './run/load-run.ts';
export type { IntervalFigures, LoadProgress } from './run/progress.ts';
export type { RunEvent, RunEventKind } from './run/run-event.ts';
export type { ScaleTarget } from './run/scales.ts';
export type { Verdict } from './run/verdict.ts';
export { runLoad, startLoad } from './run-load.ts';
export {
  defineScenario,
  isScenario,
  type Scenario,
  type ScenarioDefinition,
  type ScenarioOptions,
  type Task,
} from './scenario/define.ts';
export type { Counter, Gauge, MetricHandles, Rate, Trend } from './scenario/metric-handles.ts';
export type { Response } from './scenario/response.ts';
export type { RequestOptions, Requests, RunContext, VirtualUser } from './scenario/user.ts';
export {
  calculatePercentiles,
  constantLoad,
  createUserSession,
  generateTestData,
  type LoadPattern,
  measureTime,
  parseLoadPattern,
  type RampUpOptions,
  type ResponseExpectation,
  rampUp,
  randomDelay,
  type SessionRequest,
  type StressTestOptions,
  spikeTest,
  stressTest,
  validateResponse,
  type WaitOptions,
  waitForCondition,
} from './utilities/index.ts';
