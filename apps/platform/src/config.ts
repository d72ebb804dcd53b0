// The only reader of the environment: the supervisor's prefixed variables, and what each service gets of them.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDatabaseUrl } from '@trafficflux/postgres';
import { Problem } from './problem.ts';
import type { DatabaseDefinition, ServiceDefinition } from './services.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ServiceConfig {
  readonly definition: ServiceDefinition;
  readonly host: string;
  readonly port: number;
  /** The variable to name in a sentence about the port. */
  readonly portVariable: string;
  /** Those that it needs. */
  readonly databases: readonly DatabaseConfig[];
  /** Where it reads its secret, and whether it was given one. */
  readonly secretVariable: string;
  readonly hasSecret: boolean;
  /** What its process may see: the machine's variables, and of ours only its own. */
  readonly environment: Environment;
}

export interface DatabaseConfig extends DatabaseDefinition {
  /** Undefined means the embedded PostgreSQL. */
  readonly url: string | undefined;
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
  const own = selectOwnVariables(definition, isAlone, all, environment);
  const databases = readDatabases(definition, own, environment);
  const { secretVariable = 'SECRET_KEY' } = definition;
  const portVariable = `${definition.prefix}_PORT`;
  const port = parsePort(portVariable, given(environment, portVariable) ?? (isAlone ? own.PORT : undefined));
  return {
    definition,
    host: own.HOST ?? 'localhost',
    port: port ?? definition.defaultPort,
    portVariable,
    databases,
    secretVariable,
    hasSecret: own[secretVariable] !== undefined || own[`${secretVariable}_FILE`] !== undefined,
    environment: omit(
      own,
      databases.map(({ variable }) => `${variable}_FILE`),
    ),
  };
}

/**
 * Drops what belongs to other services, and hands over `BOOKS_X` as `X`. A plain name that some services list is theirs
 * alone; one that none lists is the machine's, or for all. Several services document `SECRET_KEY`, and two must not share
 * one: without a prefix it is for its owner, and for whoever is started alone.
 */
function selectOwnVariables(
  definition: ServiceDefinition,
  isAlone: boolean,
  all: readonly ServiceDefinition[],
  environment: Environment,
): Environment {
  const prefixes = all.map(({ prefix }) => `${prefix}_`);
  const ownPrefix = `${definition.prefix}_`;
  const names = Object.keys(environment).filter((name) => given(environment, name) !== undefined);
  const isOwn = (name: string) =>
    isListed(name, definition) || (isAlone && isSecretKey(name)) || !all.some((each) => isListed(name, each));
  const plain = names.filter((name) => !prefixes.some((prefix) => name.startsWith(prefix)) && isOwn(name));
  const prefixed = names.filter((name) => name.startsWith(ownPrefix));
  return Object.fromEntries([
    ...plain.map((name) => [name, environment[name]]),
    ...prefixed.map((name) => [name.slice(ownPrefix.length), environment[name]]),
  ]);
}

function isListed(name: string, { plainNames }: ServiceDefinition): boolean {
  const base = name.replace(/_FILE$/, '');
  return plainNames.some((each) => (each.endsWith('*') ? name.startsWith(each.slice(0, -1)) : each === base));
}

function isSecretKey(name: string): boolean {
  return name === 'SECRET_KEY' || name === 'SECRET_KEY_FILE';
}

function readDatabases(
  definition: ServiceDefinition,
  own: Environment,
  environment: Environment,
): DatabaseConfig[] {
  const isSet = (name: string | undefined) =>
    name !== undefined && (own[name] !== undefined || own[`${name}_FILE`] !== undefined);
  const needed = definition.databases.filter(
    ({ unneededWith, neededWith }) =>
      !isSet(unneededWith) && (neededWith === undefined || own[neededWith.variable] === neededWith.value),
  );
  const read = (variable: string, from: Environment) =>
    given(from, variable) ?? readSecretFile(`${variable}_FILE`, from);
  return needed.map((database) => {
    const { variable, sharedVariable } = database;
    const shared = sharedVariable === undefined ? undefined : read(sharedVariable, environment);
    const url = read(variable, own) ?? shared;
    if (url !== undefined) checkDatabaseUrl(definition, variable, url);
    return { ...database, url };
  });
}

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

function readSecretFile(variable: string, environment: Environment): string | undefined {
  const file = environment[variable];
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    const message = `The file ${file} that ${variable} names cannot be read.`;
    throw new Problem('bad-variable', message, { cause, exitCode: 2 });
  }
}

function omit(environment: Environment, names: readonly string[]): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !names.includes(name)));
}

function checkDatabaseUrl(definition: ServiceDefinition, variable: string, url: string): void {
  try {
    parseDatabaseUrl(url);
  } catch (cause) {
    const plain = definition.plainNames.includes(variable) ? ` (or ${variable})` : '';
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `${definition.prefix}_${variable}${plain} is wrong: ${reason}`;
    throw new Problem('bad-variable', message, { cause, exitCode: 2 });
  }
}
