// A connection whose exchanges can be awaited, and which notices a report that nobody asked for.
import {
  createTarget,
  type Exchange,
  type FailureCode,
  HttpConnection,
  type HttpTarget,
  KEEP_BODY,
  KEEP_HEADERS,
  type RenderedRequest,
  type RequestOptions,
  renderRequest,
  type TargetOptions,
} from '../../src/http/index.ts';

/** A copy of an exchange, which outlasts the next one. */
export interface Outcome {
  readonly status: number;
  readonly errorCode: FailureCode;
  readonly errorMessage: string;
  readonly body: string;
  readonly headers: readonly [name: string, value: string][];
  readonly times: readonly number[];
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly bodyBytes: number;
  readonly reused: boolean;
  readonly retries: number;
}

export class TestClient implements Disposable {
  readonly target: HttpTarget;
  readonly connection: HttpConnection;
  /** Reports so far: as many as requests sent, or something is wrong. */
  reports = 0;
  private resolve: (outcome: Outcome) => void = () => {};

  constructor(url: string | HttpTarget, options: TargetOptions = {}) {
    this.target = typeof url === 'string' ? createTarget(url, options) : url;
    this.connection = new HttpConnection(this.target, this);
  }

  onExchange(exchange: Exchange): void {
    this.reports++;
    this.resolve(toOutcome(exchange));
  }

  request(options: Omit<RequestOptions, 'target'> = {}): Promise<Outcome> {
    return this.send(renderRequest({ ...options, target: this.target }));
  }

  send(request: RenderedRequest, keep: number = KEEP_HEADERS | KEEP_BODY): Promise<Outcome> {
    return new Promise((resolve) => {
      this.resolve = resolve;
      this.connection.send(request, keep);
    });
  }

  [Symbol.dispose](): void {
    this.connection.close();
  }
}

function toOutcome(exchange: Exchange): Outcome {
  const { status, errorCode, errorMessage, bytesSent, bytesReceived, bodyBytes, reused, retries } = exchange;
  return {
    status,
    errorCode,
    errorMessage,
    body: exchange.bodyText(),
    headers: exchange.headerLines(),
    times: [exchange.startedAt, exchange.connectedAt, exchange.firstByteAt, exchange.endedAt],
    bytesSent,
    bytesReceived,
    bodyBytes,
    reused,
    retries,
  };
}
