/** Something the person at the terminal can change: shown as its one sentence, without a stack. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly exitCode: number;

  constructor(code: ProblemCode, message: string, options: ErrorOptions & { exitCode?: number } = {}) {
    super(message, options);
    this.name = 'Problem';
    this.code = code;
    this.exitCode = options.exitCode ?? 1;
  }
}

export type ProblemCode =
  | 'already-running'
  | 'bad-variable'
  | 'bad-usage'
  | 'not-running'
  | 'login-failed'
  | 'unreachable'
  | 'port-taken'
  | 'service-failed'
  | 'migration-failed'
  | 'unknown-name'
  | 'unsafe-folder'
  | 'interrupted';
