import { readFileSync } from 'node:fs';

/** Says what it is (H7); the token before the slash is what a robots.txt may name. */
export const USER_AGENT = `TrafficFlux-SyntheticJourney/${readVersion()}`;

function readVersion(): string {
  const manifest = new URL('../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
