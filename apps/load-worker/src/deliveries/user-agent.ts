import { readFileSync } from 'node:fs';

/** Says what it is (H7). */
export const USER_AGENT = `TrafficFlux-LoadWorker/${readVersion()}`;

function readVersion(): string {
  const manifest = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
