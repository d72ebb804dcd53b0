// The only reader of the environment: the supervisor's prefixed variables, and what each service gets of them.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDatabaseUrl } from '@trafficflux/postgres';
import { Problem } from './problem.ts';
import type { ServiceDefinition } from './services.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ServiceConfig {
  readonly definition: ServiceDefinition;
  readonly host: string;
  readonly port: number;
  /** The variable to name in a sentence about the port. */
  readonly portVariable: string;
  /** Undefined means the embedded PostgreSQL. */
  readonly databaseUrl: string | undefined;
  readonly hasSecretKey: boolean;
  /** What its process may see: the machine's variables, and of ours only its own. */
  readonly environment: Environment;
}

/** The variables of this process, after those of a file `.env` in `root`, which never override them. */
export function readEnvironment(root: string): Environment {
  const file = join(root, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
  return process.env;
}

/** Reads what the chosen services need; throws one sentence that names the first wrong variable. */
export function loadServiceConfigs(
  chosen: readonly ServiceDefinition[],
  all: readonly ServiceDefinition[],
  environment: Environment,
): ServiceConfig[] {
  return chosen.map((definition) => loadServiceConfig(definition, chosen.length === 1, all, environment));
}

function loadServiceConfig(
  definition: ServiceDefinition,
  isAlone: boolean,
  all: readonly ServiceDefinition[],
  environment: Environment,
): ServiceConfig {
  const own = selectOwnVariables(definition, all, environment);
  const portVariable = `${definition.prefix}_PORT`;
  const databaseUrl = own.DATABASE_URL ?? readSecretFile(own.DATABASE_URL_FILE);
  if (databaseUrl !== undefined) checkDatabaseUrl(definition, databaseUrl);
  const port = parsePort(portVariable, given(environment, portVariable) ?? (isAlone ? own.PORT : undefined));
  return {
    definition,
    host: own.HOST ?? 'localhost',
    port: port ?? definition.defaultPort,
    portVariable,
    databaseUrl,
    hasSecretKey: own.SECRET_KEY !== undefined || own.SECRET_KEY_FILE !== undefined,
    environment: omit(own, 'DATABASE_URL_FILE'),
  };
}

/** Drops what belongs to other services, and hands over `BOOKS_X` as `X`. */
function selectOwnVariables(
  definition: ServiceDefinition,
  all: readonly ServiceDefinition[],
  environment: Environment,
): Environment {
  const prefixes = all.map(({ prefix }) => `${prefix}_`);
  const ownPrefix = `${definition.prefix}_`;
  const names = Object.keys(environment).filter((name) => given(environment, name) !== undefined);
  const plain = names.filter(
    (name) =>
      !prefixes.some((prefix) => name.startsWith(prefix)) &&
      (definition.ownsPlainNames || !PLAIN_NAMES.has(name)),
  );
  const prefixed = names.filter((name) => name.startsWith(ownPrefix));
  return Object.fromEntries([
    ...plain.map((name) => [name, environment[name]]),
    ...prefixed.map((name) => [name.slice(ownPrefix.length), environment[name]]),
  ]);
}

/** Documented by one service alone, so no other one may take them for its own. */
const PLAIN_NAMES = new Set(['DATABASE_URL', 'DATABASE_URL_FILE', 'SECRET_KEY', 'SECRET_KEY_FILE']);

function given(environment: Environment, name: string): string | undefined {
  const value = environment[name]?.trim();
  return value === '' ? undefined : value;
}

function parsePort(variable: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new Problem('bad-variable', `${variable} must be a port from 0 to 65535, and is "${text}".`, {
    exitCode: 2,
  });
}

function readSecretFile(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    const message = `The file ${file} that DATABASE_URL_FILE names cannot be read.`;
    throw new Problem('bad-variable', message, { cause, exitCode: 2 });
  }
}

function omit(environment: Environment, name: string): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([each]) => each !== name));
}

function checkDatabaseUrl({ prefix, ownsPlainNames }: ServiceDefinition, url: string): void {
  try {
    parseDatabaseUrl(url);
  } catch (cause) {
    const names = `${prefix}_DATABASE_URL${ownsPlainNames ? ' (or DATABASE_URL)' : ''}`;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Problem('bad-variable', `${names} is wrong: ${reason}`, { cause, exitCode: 2 });
  }
}
