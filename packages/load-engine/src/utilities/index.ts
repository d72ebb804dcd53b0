/** The document's helpers (Utilities). */
export {
  constantLoad,
  type LoadPattern,
  type RampUpOptions,
  rampUp,
  type StressTestOptions,
  spikeTest,
  stressTest,
} from './load-patterns.ts';
export { parseLoadPattern } from './parse-load-pattern.ts';
export { calculatePercentiles } from './percentiles.ts';
export { generateTestData } from './test-data.ts';
export { measureTime, randomDelay, type WaitOptions, waitForCondition } from './timing.ts';
export {
  createUserSession,
  type ResponseExpectation,
  type SessionRequest,
  validateResponse,
} from './user-session.ts';
