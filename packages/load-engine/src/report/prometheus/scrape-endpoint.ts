/** Answers a Prometheus server that asks for the figures of a run while it goes on. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LoadEngineError, toMessage } from '../../errors.ts';
import type { LoadProgress } from '../../run/progress.ts';
import type { MeasuredRun, ReportOutput } from '../files/report-output.ts';
import { TEXT_TYPE, toExpositionText } from './exposition-text.ts';
import { toMetricFamilies } from './metric-families.ts';

/** Where to listen; port 0 is any free one. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

export class ScrapeEndpoint implements ReportOutput {
  readonly #server = createServer((request, response) => this.#answer(request, response));
  #text = '';
  #run: MeasuredRun | null = null;
  #look: LoadProgress | null = null;

  /** Resolves with an endpoint that listens; rejects with a LoadEngineError `report-unwritable`. */
  static async open({ host, port }: ListenAddress): Promise<ScrapeEndpoint> {
    const endpoint = new ScrapeEndpoint();
    const server = endpoint.#server;
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject).listen(port, host, resolve);
      });
    } catch (cause) {
      const message = `The Prometheus endpoint cannot listen on ${host}:${port}: ${toMessage(cause)}.`;
      throw new LoadEngineError('report-unwritable', message, { cause });
    }
    // A process that has nothing else to do ends.
    server.unref();
    return endpoint;
  }

  get greeting(): string {
    return `Prometheus may scrape ${this.url}`;
  }

  get url(): string {
    const { address, family, port } = this.#server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}/metrics`;
  }

  look(run: MeasuredRun, look: LoadProgress): void {
    this.#run = run;
    this.#look = look;
    this.#text = '';
  }

  finish(): undefined {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer({ method, url }: IncomingMessage, response: ServerResponse): void {
    const path = (url ?? '').split('?')[0];
    if (path !== '/metrics') {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('The figures are at /metrics.\n');
    } else if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    } else {
      // Rendered once a look, however many ask.
      if (this.#text === '' && this.#run) {
        this.#text = toExpositionText(toMetricFamilies(this.#run.recorder, this.#look));
      }
      response.writeHead(200, { 'Content-Type': TEXT_TYPE }).end(this.#text);
    }
  }
}
