/** What the command's exit code says; the README lists them. */
export const EXIT = {
  passed: 0,
  /** Requests failed, or code of the scenario threw. */
  failures: 1,
  /** The command line was wrong, the scenario did not load or the report has no place: nothing was sent. */
  usage: 2,
  /** The run could not be carried out to its end: setup failed, a thread crashed, the report was not written. */
  broken: 3,
  /** A threshold does not hold, or had no data. */
  thresholds: 4,
  /** The generator measured itself: too late, or starts missed. */
  invalid: 5,
  /** A second Ctrl-C ended the run at once. */
  forced: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
