/** Sends the requests of one scenario user (or of setup and teardown) and counts each under its step. */

import type { MetricKinds } from '../checks/thresholds.ts';
import {
  type ConnectionPool,
  type Exchange,
  type ExchangeListener,
  HttpConnection,
  type HttpTarget,
  KEEP_BODY,
  KEEP_HEADERS,
  type RenderedRequest,
  renderRequest,
  type Sender,
} from '../http/index.ts';
import { CHECKS, GROUP_DURATION } from '../record/custom-metrics.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Tags } from '../record/step-recorder.ts';
import { combineTags } from '../record/tags.ts';
import type { Gate } from '../run/gate.ts';
import type { HttpDebug } from '../run/http-debug.ts';
import { isExpected } from '../users/expectation.ts';
import { countOpened, RECONNECT_PAUSE_MS, toFailure } from '../users/plain-user.ts';
import { currentGroup, runInGroup } from './groups.ts';
import { createHandles } from './metric-handles.ts';
import { toContent } from './request-content.ts';
import { KeptResponse, type Response } from './response.ts';
import { toStepName } from './step-name.ts';
import type { Targets } from './targets.ts';
import type { RequestOptions, Requests } from './user.ts';

/** What the clients of a thread share. */
export interface ClientWork {
  readonly targets: Targets;
  readonly recorder: Recorder;
  /** Of all its steps. */
  readonly tags: Tags;
  readonly gate: Gate;
  /** Null where their number is not limited. */
  readonly connections: ConnectionPool | null;
  readonly debug: HttpDebug | null;
  /** What the scenario counts itself. */
  readonly metrics: MetricKinds;
  /** Whether ids in paths fold into `{id}` where a request has no name. */
  readonly foldIds: boolean;
}

export class ScenarioClient implements Requests {
  readonly headers: Record<string, string> = {};
  /** Requests sent so far. */
  sentCount = 0;
  inFlight = 0;
  /** How late its next request is, beside what it says itself: that of an iteration counts for its first one. */
  lateMs = 0;
  /** Of all that it does, beside those of groups and of single requests. */
  tags: Tags;
  /** Why what is in flight counts as failed, once it is cut off by itself. */
  cutReason = '';
  readonly work: ClientWork;
  readonly #onIdle: () => void;
  readonly #onBlocked: () => void;
  readonly #lanes = new Map<HttpTarget, Lane[]>();
  #handles: ReturnType<typeof createHandles> | undefined;

  /** `onBlocked` tells that a request was asked for after the end; `onIdle` that none is in flight any more. */
  constructor(work: ClientWork, onIdle: () => void = () => {}, onBlocked: () => void = () => {}) {
    this.work = work;
    this.tags = work.tags;
    this.#onIdle = onIdle;
    this.#onBlocked = onBlocked;
  }

  get(path: string, options?: RequestOptions): Promise<Response> {
    return this.request('GET', path, options);
  }

  post(path: string, options?: RequestOptions): Promise<Response> {
    return this.request('POST', path, options);
  }

  put(path: string, options?: RequestOptions): Promise<Response> {
    return this.request('PUT', path, options);
  }

  patch(path: string, options?: RequestOptions): Promise<Response> {
    return this.request('PATCH', path, options);
  }

  delete(path: string, options?: RequestOptions): Promise<Response> {
    return this.request('DELETE', path, options);
  }

  async request(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
    if (this.work.gate.isOver) return this.block();
    const place = this.work.targets.find(path);
    const rendered = renderRequest({
      method: method.toUpperCase(),
      target: place.target,
      path: place.path,
      ...toContent(this.headers, options),
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    });
    this.sentCount += 1;
    this.inFlight += 1;
    const step = options.name ?? toStepName(rendered.method, path, this.work.foldIds);
    const tags = this.#withGroup(options.tags);
    const lane = this.#takeLane(place.target);
    const { lateMs } = this;
    this.lateMs = 0;
    return lane.send(rendered, { step, tags, lateMs }, options);
  }

  get metrics() {
    this.#handles ??= createHandles(this.work.metrics, (name, kind, value, tags) => {
      this.work.recorder.metrics.add(name, kind, value, this.#withGroup(tags));
    });
    return this.#handles;
  }

  check(name: string, condition: boolean | (() => boolean), tags?: Tags): boolean {
    assertName('check', name);
    const holds = typeof condition === 'function' ? isTrue(condition) : condition;
    this.work.recorder.metrics.add(CHECKS, 'rate', holds ? 1 : 0, this.#withGroup({ ...tags, check: name }));
    return holds;
  }

  async group<T>(name: string, run: () => T): Promise<Awaited<T>> {
    assertName('group', name);
    return await runInGroup(name, async () => {
      const startedAt = performance.now();
      try {
        return await run();
      } finally {
        const tookMs = performance.now() - startedAt;
        this.work.recorder.metrics.add(GROUP_DURATION, 'trend', tookMs, this.#withGroup(undefined));
      }
    });
  }

  /**
   * A promise that never settles: after the end of a run the user's code is left where it stands, and collected.
   * Rejecting instead would drive code that catches everything in a loop into a spin.
   */
  block(): Promise<never> {
    this.#onBlocked();
    return new Promise(() => {});
  }

  /** Takes back what waits for a connection; its promises never settle. */
  withdraw(): void {
    const lanes = [...this.#lanes.values()].flat();
    const withdrawn = lanes.filter((lane) => lane.withdraw()).length;
    this.inFlight -= withdrawn;
    if (withdrawn > 0) this.#onBlocked();
  }

  /** Closes the connections that carry nothing. */
  rest(): void {
    for (const [target, lanes] of this.#lanes) {
      for (const lane of lanes) if (!lane.isBusy) lane.connection.close();
      const busy = lanes.filter((lane) => lane.isBusy);
      this.#lanes.set(target, busy);
    }
  }

  /** Closes all connections; what is in flight is recorded as cut off. */
  close(): void {
    this.withdraw();
    for (const lanes of this.#lanes.values()) for (const lane of lanes) lane.connection.close();
  }

  /** For the lane: its answer has come and was counted. */
  settle(): void {
    this.inFlight -= 1;
    if (this.inFlight === 0) this.#onIdle();
  }

  #withGroup(tags: Tags | undefined): Tags {
    const group = currentGroup();
    return combineTags(this.tags, group === undefined ? tags : { group, ...tags });
  }

  /** One connection per origin, and further ones only where the scenario sends several requests at once. */
  #takeLane(target: HttpTarget): Lane {
    const lanes = this.#lanes.get(target) ?? [];
    this.#lanes.set(target, lanes);
    const idle = lanes.find((lane) => !lane.isBusy);
    if (idle) return idle;
    const lane = new Lane(target, this);
    lanes.push(lane);
    return lane;
  }
}

/** What a request is counted under. */
interface Sending {
  readonly step: string;
  readonly tags: Tags;
  readonly lateMs: number;
}

/** A connection of a client, and the promise of the request that is on it. */
class Lane implements ExchangeListener {
  readonly connection: Sender;
  readonly #client: ScenarioClient;
  #request: RenderedRequest | null = null;
  #sending: Sending = { step: '', tags: {}, lateMs: 0 };
  #options: RequestOptions = {};
  #resolve: ((response: Response) => void) | null = null;

  constructor(target: HttpTarget, client: ScenarioClient) {
    this.#client = client;
    this.connection = client.work.connections?.createSender(target, this) ?? new HttpConnection(target, this);
  }

  get isBusy(): boolean {
    return this.#resolve !== null;
  }

  send(request: RenderedRequest, sending: Sending, options: RequestOptions): Promise<Response> {
    this.#request = request;
    this.#sending = sending;
    this.#options = options;
    const keep = options.discardBody ? KEEP_HEADERS : KEEP_HEADERS | KEEP_BODY;
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.connection.send(request, keep);
    });
  }

  withdraw(): boolean {
    if (!this.connection.withdraw()) return false;
    this.#resolve = null;
    return true;
  }

  onExchange(exchange: Exchange): void {
    const { recorder, gate, debug } = this.#client.work;
    const { step, tags, lateMs } = this.#sending;
    const failure = this.#failureOf(exchange);
    const response = new KeptResponse(exchange, step, failure, this.#options.discardBody !== true);
    const { bytesSent, bytesReceived } = exchange;
    if (debug !== null && this.#request !== null) debug.show(this.#request, exchange);
    recorder
      .step(step, tags)
      .record(
        exchange.status,
        failure,
        response.durationMs,
        bytesSent,
        bytesReceived,
        lateMs + exchange.waitedMs,
      );
    if (!exchange.reused) recorder.connectionsOpened += countOpened(exchange);
    if (exchange.connectedAt === 0 && !gate.isOver)
      setTimeout(() => this.#deliver(response), RECONNECT_PAUSE_MS);
    else this.#deliver(response);
  }

  #deliver(response: Response): void {
    const resolve = this.#resolve;
    this.#resolve = null;
    resolve?.(response);
    this.#client.settle();
  }

  #failureOf(exchange: Exchange): string {
    if (exchange.errorCode !== '') return toFailure(exchange, this.#client.cutReason);
    return isExpected(exchange.status, this.#options.expect) ? '' : `HTTP ${exchange.status}`;
  }
}

function isTrue(condition: () => boolean): boolean {
  try {
    return condition();
  } catch {
    return false;
  }
}

function assertName(kind: string, name: unknown): void {
  if (typeof name === 'string' && name !== '') return;
  throw new TypeError(`expected a ${kind} to have a name, got ${String(name)}`);
}
