/** The log of a service: JSON lines on stdout, without secrets. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import { redactText } from './redact.ts';

export type Logger = PinoLogger;

export interface LoggerOptions {
  readonly name: string;
  readonly level: string;
  /** Where the lines go; stdout by default. Tests read them here. */
  readonly destination?: DestinationStream;
}

/** Keys that hold secrets wherever an object of ours is logged at the top or one level below. */
const SECRET_KEYS = [
  'authorization',
  'cookie',
  'password',
  'hashed_password',
  'hashedPassword',
  'token',
  'access_token',
  'accessToken',
  'refresh_token',
  'secret',
  'SECRET_KEY',
];
const CONTAINERS = ['headers', 'body', 'config', 'user', 'req', 'request'];

export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level,
    base: { service: options.name },
    redact: {
      paths: SECRET_KEYS.flatMap((key) => [key, ...CONTAINERS.map((container) => `${container}.${key}`)]),
      censor: '[redacted]',
    },
    serializers: { err: pino.stdSerializers.errWithCause },
    // The last net: a token or a password inside a message, a stack or a path of somebody else's error.
    hooks: { streamWrite: redactText },
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}

/**
 * Writes out what is still on its way, and ends the log: the last thing that a process does. Lines are written
 * in the background, several with one system call; the end of the process would overtake or lose the last ones.
 */
export async function endLog(logger: Logger): Promise<void> {
  const stream = (logger as unknown as Record<symbol, Writable>)[pino.symbols.streamSym];
  if (typeof stream?.end !== 'function') return;
  const closed = once(stream, 'close');
  stream.end();
  await closed;
}
