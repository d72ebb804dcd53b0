/** The log of a service: JSON lines on stdout, without secrets. */
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
