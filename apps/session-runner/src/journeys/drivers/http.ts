/** A real visit to a listed target: robots.txt, the page, the keyword, and links of the site that match it. */
import { type AllowList, BlockedTargetError, type Lookup } from '@trafficflux/targets';
import type { JourneyEnd } from '../journey.ts';
import { createKeyword } from '../pages/keyword.ts';
import { type Finding, searchPage } from '../pages/search-page.ts';
import { parseTarget, toUrlText } from '../target-url.ts';
import type { StepResult } from '../thread/step-log.ts';
import type { Trip } from '../thread/trip.ts';
import { decodeText } from '../web/decode-text.ts';
import type { RequestGate } from '../web/request-gate.ts';
import { type Fetched, Requests } from '../web/requests.ts';
import { Robots } from '../web/robots.ts';
import { type Answer, WebClient } from '../web/web-client.ts';

export interface VisitTools {
  readonly allowList: AllowList;
  readonly gate: RequestGate;
  readonly lookup?: Lookup;
}

/**
 * Fails only when the first page could not be fetched: no connection, no answer in time, a status other than 2xx after
 * the redirects, refused by robots.txt or by the list. A keyword that is not there, or a later page that fails, is no
 * failure of the journey.
 *
 * @throws {Interruption}
 */
export async function visitTarget(trip: Trip, tools: VisitTools): Promise<JourneyEnd> {
  const target = toTarget(trip, tools.allowList);
  if (target instanceof BlockedTargetError) return toFailed(target.message);
  const client = new WebClient({
    allowList: tools.allowList,
    requestTimeoutMs: trip.config.requestTimeoutMs,
    ...(tools.lookup === undefined ? {} : { lookup: tools.lookup }),
  });
  try {
    return await new Walk(trip, new Requests(trip, client, tools.gate, tools.allowList)).from(target);
  } finally {
    client.close().catch(() => undefined);
  }
}

/** Judged once more, and on the text: what chose the driver is another thread's word. */
function toTarget(trip: Trip, allowList: AllowList): URL | BlockedTargetError {
  try {
    const url = allowList.parseTarget(toUrlText(trip.order.targetDomain));
    url.hash = '';
    return url;
  } catch (error) {
    if (!(error instanceof BlockedTargetError)) throw error;
    const url = parseTarget(trip.order.targetDomain)?.href ?? null;
    trip.steps.note({ action: 'visit', url }, { outcome: 'blocked', note: error.message });
    return error;
  }
}

class Walk {
  readonly #trip: Trip;
  readonly #requests: Requests;
  readonly #robots: Robots;
  readonly #keyword: ReturnType<typeof createKeyword>;
  /** Whatever was asked for as a page, redirects too: each at most once. */
  readonly #visited = new Set<string>();
  readonly #ahead: URL[] = [];

  constructor(trip: Trip, requests: Requests) {
    this.#trip = trip;
    this.#requests = requests;
    this.#robots = new Robots(requests);
    this.#keyword = createKeyword(trip.order.searchKeyword);
  }

  async from(target: URL): Promise<JourneyEnd> {
    const first = await this.#fetch('visit', target);
    if (!first.ok) return toFailed(first.reason);
    this.#trip.arrive();
    await this.#search(first.url, first.answer);
    for (let pages = 1; pages < this.#trip.config.pages; pages++) {
      const next = this.#takeNext();
      if (next === undefined) break;
      await this.#pause(next);
      const page = await this.#fetch('follow', next);
      if (page.ok) await this.#search(page.url, page.answer);
    }
    return { status: 'completed' };
  }

  #takeNext(): URL | undefined {
    let next = this.#ahead.shift();
    while (next !== undefined && this.#visited.has(next.href)) next = this.#ahead.shift();
    return next;
  }

  #fetch(action: 'visit' | 'follow', url: URL): Promise<Fetched> {
    const { bodyLimitBytes, redirectLimit } = this.#trip.config;
    return this.#requests.fetch(url, {
      action,
      bodyLimitBytes,
      redirectLimit,
      refuse: (hop) => this.#refuse(hop),
      judge: (answer) => judgePage(answer, bodyLimitBytes),
    });
  }

  async #refuse(url: URL): Promise<StepResult | null> {
    if (this.#visited.has(url.href))
      return { outcome: 'skipped', note: 'The target redirects to a page that was visited before.' };
    this.#visited.add(url.href);
    const rules = await this.#robots.rulesOf(url);
    const reason = rules.refuse(url);
    return reason === null ? null : { outcome: 'blocked', note: reason };
  }

  async #pause(before: URL): Promise<void> {
    const { crawlDelayMs } = await this.#robots.rulesOf(before);
    await this.#trip.steps.record({ action: 'pause', url: null }, async () => {
      await this.#trip.pause(crawlDelayMs);
      return { outcome: 'ok' };
    });
  }

  async #search(url: URL, answer: Answer): Promise<void> {
    await this.#trip.steps.record({ action: 'search', url: null }, () => {
      if (!answer.isText) return { outcome: 'skipped', note: 'The page is no text that can be searched.' };
      const text = decodeText(answer.content, answer.contentType);
      const finding = searchPage({ text, url, isHtml: isHtml(answer.contentType) }, this.#keyword);
      this.#ahead.push(...finding.links);
      return { outcome: 'ok', matches: finding.matches, note: toSearchNote(finding) };
    });
  }
}

function judgePage(answer: Answer, bodyLimitBytes: number): StepResult {
  if (answer.status < 200 || answer.status >= 300)
    return { outcome: 'failed', note: `The target answered with status ${answer.status}.` };
  return { outcome: 'ok', note: answer.isCut ? `Only the first ${bodyLimitBytes} bytes were read.` : null };
}

function isHtml(contentType: string): boolean {
  return contentType === '' || /^\s*(text\/html|application\/xhtml\+xml)/i.test(contentType);
}

function toSearchNote({ matches, links }: Finding): string {
  const times = matches === 1 ? 'once' : `${matches} times`;
  const found = matches === 0 ? 'The keyword was not found' : `The keyword was found ${times}`;
  return `${found}; links of the site that match it: ${links.length}.`;
}

function toFailed(reason: string): JourneyEnd {
  return { status: 'failed', reason: `The first page could not be fetched: ${reason}` };
}
