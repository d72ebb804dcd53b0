/** Requests as steps: at the thread's pace, each hop of a redirect checked before it is made and told of by itself. */
import { type AllowList, BlockedTargetError } from '@trafficflux/targets';
import type { JourneyStep } from '../journey.ts';
import { MAX_URL_LENGTH } from '../target-url.ts';
import type { StepResult } from '../thread/step-log.ts';
import type { Trip } from '../thread/trip.ts';
import { toFailureSentence } from './failure-sentence.ts';
import type { RequestGate } from './request-gate.ts';
import type { Answer, WebClient } from './web-client.ts';

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export type Fetched =
  | { readonly ok: true; readonly url: URL; readonly answer: Answer }
  | { readonly ok: false; readonly reason: string };

export interface FetchPlan {
  readonly action: JourneyStep['action'];
  readonly bodyLimitBytes: number;
  readonly redirectLimit: number;
  /** What stands against this URL, asked before every request; null when nothing does. */
  refuse(url: URL): Promise<StepResult | null>;
  /** What an answer that is no redirect means. */
  judge(answer: Answer): StepResult;
}

export class Requests {
  readonly #trip: Trip;
  readonly #client: WebClient;
  readonly #gate: RequestGate;
  readonly #allowList: AllowList;

  constructor(trip: Trip, client: WebClient, gate: RequestGate, allowList: AllowList) {
    this.#trip = trip;
    this.#client = client;
    this.#gate = gate;
    this.#allowList = allowList;
  }

  /** Follows redirects to where the answer is. @throws {Interruption} */
  async fetch(start: URL, plan: FetchPlan): Promise<Fetched> {
    for (let url = start, hops = 0; ; hops++) {
      const refusal = await plan.refuse(url);
      if (refusal !== null) return this.#refuse(plan.action, url.href, refusal);
      const { answer, outcome, note } = await this.#send(url, plan, hops);
      if (outcome !== 'ok' || answer === undefined) return { ok: false, reason: note ?? '' };
      if (!isRedirect(answer)) return { ok: true, url, answer };
      const next = this.#resolve(answer.location, url);
      if (next instanceof BlockedTargetError)
        return this.#refuse(plan.action, toShownUrl(answer.location, url), {
          outcome: 'blocked',
          note: `The target redirects to where it may not go: ${next.message}`,
        });
      url = next;
    }
  }

  async #send(url: URL, plan: FetchPlan, hops: number): Promise<StepResult & { answer?: Answer }> {
    const { steps, signal, config } = this.#trip;
    await this.#gate.pass(signal);
    return steps.record({ action: plan.action, url: url.href }, async () => {
      try {
        const answer = await this.#client.get(url, plan.bodyLimitBytes, signal);
        const { status, bytes } = answer;
        return { answer, status, bytes, ...judge(answer, plan, hops) };
      } catch (error) {
        signal.throwIfAborted();
        const outcome = error instanceof BlockedTargetError ? 'blocked' : 'failed';
        return { outcome, note: toFailureSentence(error, config.requestTimeoutMs) };
      }
    });
  }

  #refuse(action: JourneyStep['action'], url: string | null, result: StepResult): Fetched {
    this.#trip.steps.note({ action, url }, result);
    return { ok: false, reason: result.note ?? '' };
  }

  #resolve(location: string | null, from: URL): URL | BlockedTargetError {
    try {
      const url = this.#allowList.parseTarget(location ?? '', from);
      if (url.href.length > MAX_URL_LENGTH) return new BlockedTargetError('The URL is too long.');
      url.hash = '';
      return url;
    } catch (error) {
      if (error instanceof BlockedTargetError) return error;
      throw error;
    }
  }
}

function judge(answer: Answer, plan: FetchPlan, hops: number): StepResult {
  if (!isRedirect(answer)) return plan.judge(answer);
  if (hops < plan.redirectLimit) return { outcome: 'ok', note: 'The target redirects.' };
  return { outcome: 'failed', note: `The target redirects more than ${plan.redirectLimit} times.` };
}

function isRedirect(answer: Answer): boolean {
  return REDIRECTS.has(answer.status) && answer.location !== null;
}

/** Without what must not be shown; null for what is no URL or has no end. */
function toShownUrl(location: string | null, from: URL): string | null {
  if (location === null || !URL.canParse(location, from.href)) return null;
  const url = new URL(location, from);
  url.username = '';
  url.password = '';
  return url.href.length > MAX_URL_LENGTH ? null : url.href;
}
