/** Reads a `.env` file; a missing one is empty. */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigError } from './config-error.ts';

export function readEnvFile(path: string): Record<string, string> {
  const variables = Object.entries(parseEnv(readText(path)));
  return Object.fromEntries(variables.filter((entry): entry is [string, string] => Boolean(entry[1])));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new ConfigError(
      `The file ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      error,
    );
  }
}
