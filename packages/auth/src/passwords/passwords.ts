/** Password hashes: bcrypt `$2b$` on threads of its own, few at once, with a bounded line in front. */
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { AppError, ConfigError } from '@trafficflux/service-kit';
import { HashLine } from './hash-line.ts';
import { HashThreads } from './hash-threads.ts';
import { isHashable, MAX_PASSWORD_BYTES } from './hashable.ts';

export interface PasswordOptions {
  /** bcrypt's cost, 4 to 20; 10 by default, which takes about 42 ms of a core, and at least 10 in production. */
  readonly cost?: number;
  /** Hashes at once; by default, and for 0, one less than the machine has cores. */
  readonly concurrency?: number;
  /** How many may wait for a thread; 1,000 by default. */
  readonly lineLength?: number;
  /** How long one may wait, in milliseconds; 30,000 by default. */
  readonly lineWaitMs?: number;
  readonly isProduction?: boolean;
}

export interface Passwords {
  /** @throws {AppError} `bad-request` for a password that bcrypt would cut, `unavailable` when the line is full */
  hash(password: string): Promise<string>;
  /** False for any password that could never have been hashed. @throws {AppError} `unavailable` */
  verify(password: string, hash: string): Promise<boolean>;
  /**
   * Takes as long as `verify` and is always false: what a login does for an unknown user, so that its time does
   * not tell who exists.
   */
  verifyNobody(password: string): Promise<false>;
  /** Ends the threads. Hashing afterwards starts new ones. */
  close(): Promise<void>;
}

const MIN_PRODUCTION_COST = 10;

/** @throws {ConfigError} when the cost is too low for production */
export function createPasswords(options: PasswordOptions = {}): Passwords {
  const { cost = 10, lineLength = 1_000, lineWaitMs = 30_000 } = options;
  if (options.isProduction === true && cost < MIN_PRODUCTION_COST) {
    throw new ConfigError(
      `BCRYPT_COST must be at least ${MIN_PRODUCTION_COST} in production, but it is ${cost}.`,
    );
  }
  const concurrency = options.concurrency || Math.max(1, availableParallelism() - 1);
  const threads = new HashThreads(concurrency);
  const line = new HashLine({ concurrency, length: lineLength, waitMs: lineWaitMs });
  let nobody: Promise<string> | undefined;

  const hash = (password: string) => line.run(() => threads.hash(password, cost));
  return {
    async hash(password) {
      if (!isHashable(password)) throw createUnhashableError();
      return hash(password);
    },
    async verify(password, stored) {
      if (!isHashable(password)) return false;
      return line.run(() => threads.compare(password, stored));
    },
    async verifyNobody(password) {
      nobody ??= hash(randomBytes(16).toString('hex'));
      const stored = await nobody.catch((error: unknown) => {
        nobody = undefined;
        throw error;
      });
      if (isHashable(password)) await line.run(() => threads.compare(password, stored));
      return false;
    },
    close: () => threads.close(),
  };
}

function createUnhashableError(): AppError {
  return new AppError(
    'bad-request',
    `The password must not exceed ${MAX_PASSWORD_BYTES} bytes and must be valid text without NUL.`,
    {
      code: 'PASSWORD_NOT_HASHABLE',
    },
  );
}
