/**
 * One thing that is done to a campaign, until it is known to be done: an answer that is lost, or that says that a store is
 * away, tells nothing about what became of the request, so the campaign is read, and asked again only if it is not so yet.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Violation } from '../invariants/violation.ts';
import type { Step } from '../plan/campaigns.ts';
import type { Client, Exchange, Request } from './client.ts';
import type { Ledger } from './ledger.ts';

export type ActionKind = Step['kind'] | 'set-running';

export interface Campaign {
  readonly id: string;
  readonly client: Client;
  readonly ledger: Ledger;
  readonly violations: Violation[];
}

/** What reading a campaign tells. */
interface State {
  readonly status: string;
  /** From a start to the end of its run, pauses too. */
  readonly isGenerating: boolean;
  readonly entries: number;
}

/** `over`: it had come to its end by itself before. */
export type Result = 'done' | 'over' | 'unresolved';

interface Action {
  readonly request: (id: string) => Request;
  /** How a state is called that shows that it was done. */
  readonly isDone: (state: State) => boolean;
  /** The state that it is acknowledged to have had; null where it may not have changed. */
  readonly status: string | null;
  readonly silences: boolean;
  /** It may make the campaign write. */
  readonly starts: boolean;
}

const OVER = ['completed', 'error'];
const LIMIT_MS = 25_000;
const ASK_AGAIN_MS = 100;

const setStatus = (status: string) => (id: string) =>
  ({ method: 'PUT', path: `/api/traffic/campaigns/${id}/status`, body: { status } }) as const;
const post = (path: string) => (id: string) =>
  ({ method: 'POST', path: `/api/traffic/${path}${id}` }) as const;
const hasBegun = ({ isGenerating, status, entries }: State) =>
  isGenerating || (OVER.includes(status) && entries > 0);

const ACTIONS: Readonly<Record<ActionKind, Action>> = {
  'set-running': {
    request: setStatus('running'),
    isDone: ({ status }) => status === 'running',
    status: 'running',
    silences: false,
    starts: false,
  },
  generate: {
    request: (id) => ({ method: 'POST', path: '/api/traffic/generate', body: { campaign_id: id } }),
    isDone: hasBegun,
    status: null,
    silences: false,
    starts: true,
  },
  pause: {
    request: setStatus('paused'),
    isDone: ({ status }) => status === 'paused',
    status: 'paused',
    silences: true,
    starts: false,
  },
  resume: {
    request: setStatus('running'),
    isDone: ({ status }) => status === 'running',
    status: 'running',
    silences: false,
    starts: true,
  },
  stop: {
    request: post('stop/'),
    isDone: ({ status, isGenerating }) => status === 'stopped' && !isGenerating,
    status: 'stopped',
    silences: true,
    starts: false,
  },
  cleanup: {
    request: post('cleanup/'),
    isDone: ({ status, isGenerating }) => !isGenerating && (status === 'stopped' || status === 'completed'),
    status: null,
    silences: true,
    starts: false,
  },
  purge: {
    request: (id) => ({ method: 'POST', path: `/api/traffic/cleanup/${id}?purge=true` }),
    isDone: ({ isGenerating, entries }) => !isGenerating && entries === 0,
    status: null,
    silences: true,
    starts: false,
  },
  continue: {
    request: post('resume/'),
    isDone: hasBegun,
    status: 'running',
    silences: false,
    starts: true,
  },
};

/** Never rejects; what must not be is noted as a violation. */
export async function act(
  campaign: Campaign,
  kind: ActionKind,
  hangsUpAfterMs: number | null = null,
): Promise<Result> {
  const { client, ledger, id } = campaign;
  const action = ACTIONS[kind];
  const deadline = performance.now() + LIMIT_MS;
  let hangUp = hangsUpAfterMs;
  if (kind === 'purge') ledger.purging();
  for (;;) {
    const exchange = await client.ask({ ...action.request(id), hangsUpAfterMs: hangUp });
    hangUp = null;
    if (action.starts) ledger.loud(exchange.sentAt);
    const { answer } = exchange;
    if (answer.kind === 'answered' && answer.status < 300) {
      return acknowledge(campaign, kind, exchange.answeredAt, toldStatus(action, answer.body));
    }
    const isRefused = answer.kind === 'answered' && answer.status < 500;
    const found = await readState(campaign, deadline);
    if (found === null || performance.now() > deadline) return giveUp(campaign, kind);
    if (action.isDone(found.state)) return acknowledge(campaign, kind, found.answeredAt, action.status);
    if (isRefused) return judgeRefusal(campaign, kind, exchange, found.state);
    await wait(ASK_AGAIN_MS);
  }
}

/** A status that was the same before is no change. */
function toldStatus(action: Action, body: { previous_status?: string; new_status?: string }): string | null {
  return body.previous_status !== undefined && body.previous_status === body.new_status
    ? null
    : action.status;
}

function acknowledge({ ledger }: Campaign, kind: ActionKind, at: number, status: string | null): Result {
  const { silences } = ACTIONS[kind];
  if (status !== null) ledger.told(status);
  if (kind === 'generate' || kind === 'continue') ledger.begun();
  if (kind === 'purge') ledger.purged(at);
  if (silences) ledger.silent(kind, at);
  return 'done';
}

/** Right where the campaign has come to its end meanwhile. */
function judgeRefusal(campaign: Campaign, kind: ActionKind, { answer }: Exchange, state: State): Result {
  if (!state.isGenerating && OVER.includes(state.status)) return 'over';
  // All the time that it had is used up.
  if (kind === 'continue' && answer.kind === 'answered' && /No remaining time/.test(answer.body?.error))
    return 'over';
  const text = answer.kind === 'answered' ? `${answer.status} ${JSON.stringify(answer.body)}` : 'no answer';
  campaign.violations.push({
    invariant: 'unknown',
    campaignId: campaign.id,
    sentence: `${kind} was refused with ${text}, but the campaign is ${JSON.stringify(state)}.`,
  });
  return 'unresolved';
}

function giveUp({ violations, id }: Campaign, kind: ActionKind): Result {
  violations.push({
    invariant: 'unknown',
    campaignId: id,
    sentence: `${kind} could not be resolved within ${LIMIT_MS / 1000} s.`,
  });
  return 'unresolved';
}

/** Reads until there is an answer; null when there is none for too long. */
async function readState(
  { client, id }: Campaign,
  deadline: number,
): Promise<{ readonly state: State; readonly answeredAt: number } | null> {
  while (performance.now() < deadline) {
    const { answer, answeredAt } = await client.ask({
      method: 'GET',
      path: `/api/traffic/campaigns/${id}/info`,
    });
    if (answer.kind === 'answered' && answer.status === 200) {
      const { basic_info, traffic_generation, traffic_stats } = answer.body.data;
      const state = {
        status: basic_info.status,
        isGenerating: traffic_generation.thread_id !== null,
        entries: traffic_stats.total_requests,
      };
      return { state, answeredAt };
    }
    await wait(ASK_AGAIN_MS);
  }
  return null;
}
