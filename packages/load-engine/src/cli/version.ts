/** The version of the package that this command came with. */
import { readFileSync } from 'node:fs';

export function readVersion(): string {
  // Two folders up from src/cli as well as from dist/cli.
  const manifest = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
