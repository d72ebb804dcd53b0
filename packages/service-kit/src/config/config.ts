/** Reads the environment of a process once, checks it, and gives it a shape: the only file that sees `process.env`. */
import type { Static, TObject, TProperties } from 'typebox';
import { Type } from 'typebox';
import { checkVariables } from './check-variables.ts';
import { deepFreeze } from './deep-freeze.ts';
import { readEnvFile } from './env-file.ts';
import { readSecretFiles } from './secret-files.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ConfigSource {
  /** Instead of `process.env`; then no `.env` is read unless `envFile` names one. */
  readonly env?: Environment;
  /** Path of the file that fills what the environment leaves out; `.env` in the working directory by default. */
  readonly envFile?: string;
}

export interface ConfigOptions<Variables extends TProperties, Config extends object> {
  /** The environment variables with their schemas; `secret()` marks those that may not be shown. */
  readonly variables: Variables;
  /** Turns the flat variables into the nested configuration of the service. */
  readonly shape: (variables: Static<TObject<Variables>>) => Config;
  readonly source?: ConfigSource;
}

/**
 * Loads the configuration: the real environment first, then `.env`; `NAME_FILE` stands in for a secret `NAME`.
 * An empty variable counts as not set. The result is frozen, deep inside too.
 *
 * @throws {ConfigError} one sentence that names the variable, what was expected and what came
 */
export function loadConfig<Variables extends TProperties, Config extends object>(
  options: ConfigOptions<Variables, Config>,
): Readonly<Config> {
  const schema = Type.Object(options.variables);
  const environment = readEnvironment(options.source);
  const withSecrets = readSecretFiles(schema, environment);
  return deepFreeze(options.shape(checkVariables(schema, withSecrets)));
}

function readEnvironment(source: ConfigSource = {}): Environment {
  const file = source.envFile ?? (source.env === undefined ? '.env' : undefined);
  const environment = { ...(file === undefined ? {} : readEnvFile(file)) };
  for (const [name, value] of Object.entries(source.env ?? process.env)) {
    if (value !== undefined && value !== '') environment[name] = value;
  }
  return environment;
}
