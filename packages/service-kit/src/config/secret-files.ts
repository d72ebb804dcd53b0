/** Secrets from files: `SECRET_KEY_FILE=/run/secrets/key` stands for `SECRET_KEY`. */
import { readFileSync } from 'node:fs';
import { type TObject, type TString, type TStringOptions, Type } from 'typebox';
import type { Environment } from './config.ts';
import { ConfigError } from './config-error.ts';

/** A text variable whose value is never shown, and which a file may hold: `NAME_FILE` with its path. */
export function secret(options: TStringOptions = {}): TString {
  return Type.String({ ...options, secret: true });
}

export function isSecret(schema: unknown): boolean {
  return (schema as { secret?: boolean } | undefined)?.secret === true;
}

export function readSecretFiles(schema: TObject, environment: Environment): Environment {
  const result: Record<string, string | undefined> = { ...environment };
  for (const [name, property] of Object.entries(schema.properties)) {
    const path = environment[`${name}_FILE`];
    if (!isSecret(property) || path === undefined) continue;
    if (environment[name] !== undefined) {
      throw new ConfigError(`${name} and ${name}_FILE are both set: please set only one of them.`);
    }
    result[name] = readSecret(name, path);
  }
  return result;
}

function readSecret(name: string, path: string): string {
  try {
    // Editors and `echo` end a file with a newline that is no part of the secret.
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new ConfigError(
      `${name}_FILE must name a readable file, but ${path} is not one (${reason}).`,
      error,
    );
  }
}
