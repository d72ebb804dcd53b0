/** robots.txt (RFC 9309): read once per site and journey, before anything else of that site. */
import robotsParser from 'robots-parser';
import type { StepResult } from '../thread/step-log.ts';
import { decodeText } from './decode-text.ts';
import type { Fetched, Requests } from './requests.ts';
import { USER_AGENT } from './user-agent.ts';
import type { Answer } from './web-client.ts';

/** Its types promise an ES module; it is CommonJS, so that the default import is the function itself. */
const parseRobots = robotsParser as unknown as typeof robotsParser.default;

/** RFC 9309, 2.5: at least 500 KiB are to be understood; what is beyond is ignored. */
const BODY_LIMIT_BYTES = 512 * 1_024;
/** RFC 9309, 2.3.1.2: at least five. */
const REDIRECT_LIMIT = 5;

export interface SiteRules {
  /** Why this page may not be visited; null when it may. */
  refuse(url: URL): string | null;
  /** What the site asks for between two requests; 0 when it does not. */
  readonly crawlDelayMs: number;
}

export class Robots {
  readonly #requests: Requests;
  readonly #rules = new Map<string, SiteRules>();

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  async rulesOf(url: URL): Promise<SiteRules> {
    const known = this.#rules.get(url.origin);
    if (known !== undefined) return known;
    const rules = await this.#read(new URL('/robots.txt', url));
    this.#rules.set(url.origin, rules);
    return rules;
  }

  async #read(url: URL): Promise<SiteRules> {
    const fetched = await this.#requests.fetch(url, {
      action: 'robots',
      bodyLimitBytes: BODY_LIMIT_BYTES,
      redirectLimit: REDIRECT_LIMIT,
      refuse: async () => null,
      judge,
    });
    return toRules(url, fetched);
  }
}

function judge({ status, isText }: Answer): StepResult {
  if (status >= 400 && status < 500)
    return { outcome: 'ok', note: 'There is no robots.txt, so every page may be visited.' };
  if (status < 200 || status >= 300)
    return { outcome: 'failed', note: `The target answered with status ${status}.` };
  return isText
    ? { outcome: 'ok', note: 'robots.txt was read.' }
    : { outcome: 'failed', note: 'robots.txt is no text that can be read.' };
}

function toRules(url: URL, fetched: Fetched): SiteRules {
  if (!fetched.ok)
    return {
      refuse: () => `robots.txt could not be read, so nothing may be visited (RFC 9309): ${fetched.reason}`,
      crawlDelayMs: 0,
    };
  const { status, content, contentType } = fetched.answer;
  // It counts for the site that was asked, wherever it came from.
  const rules = parseRobots(url.href, status < 300 ? decodeText(content, contentType) : '');
  return {
    refuse: (page) =>
      rules.isAllowed(page.href, USER_AGENT) === false ? 'robots.txt does not allow this page.' : null,
    crawlDelayMs: Math.max(0, rules.getCrawlDelay(USER_AGENT) ?? 0) * 1_000,
  };
}
