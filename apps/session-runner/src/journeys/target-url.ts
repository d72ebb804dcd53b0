/** What people give as the target of a session: a bare host or a URL. */
import { isIPv6 } from 'node:net';
import type { AllowList } from '@trafficflux/targets';
import type { Driver } from './journey.ts';

/** Longer URLs are neither taken as a target nor followed. */
export const MAX_URL_LENGTH = 2_048;

/** The URL that a target names, or null: it has to be of http or https, and without a user name or a password. */
export function parseTarget(text: string): URL | null {
  const written = toUrlText(text);
  if (written.length > MAX_URL_LENGTH || !URL.canParse(written)) return null;
  const url = new URL(written);
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  return isWeb && url.username === '' && url.password === '' ? url : null;
}

/**
 * `http` when the target is on the list, else `dry-run` (H7). It takes the text and not the URL: a host that is
 * written to look like another (`http://2130706433/`) is not the one that was listed.
 */
export function chooseDriver(target: string, allowList: AllowList): Driver {
  return parseTarget(target) !== null && allowList.allows(toUrlText(target)) ? 'http' : 'dry-run';
}

/** A bare host is visited over http. */
export function toUrlText(target: string): string {
  const text = target.trim();
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text;
  return isIPv6(text) ? `http://[${text}]` : `http://${text}`;
}
