// A receiver of remote write that decodes with libraries of other people.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PbfReader } from 'pbf';
import { uncompress } from 'snappyjs';
import { onTestFinished } from 'vitest';

export interface Series {
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly samples: readonly { readonly value: number; readonly timestamp: number }[];
}

export interface Receiver {
  readonly url: string;
  readonly requests: { readonly headers: IncomingMessage['headers']; readonly series: readonly Series[] }[];
}

/** `toStatus` says what the request of that number, from 1, is answered. */
export async function startReceiver(toStatus: (number: number) => number = () => 204): Promise<Receiver> {
  const requests: Receiver['requests'] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    requests.push({ headers: request.headers, series: decode(Buffer.concat(chunks)) });
    response.writeHead(toStatus(requests.length)).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/write`, requests };
}

function decode(compressed: Uint8Array): Series[] {
  const all: Series[] = [];
  new PbfReader(uncompress(new Uint8Array(compressed))).readFields((tag, _, reader) => {
    if (tag === 1) all.push(readSeries(reader));
  }, null);
  return all;
}

function readSeries(reader: PbfReader): Series {
  const labels: (readonly [string, string])[] = [];
  const samples: { value: number; timestamp: number }[] = [];
  reader.readMessage((tag, _, series) => {
    if (tag === 1) {
      const label = ['', ''];
      series.readMessage((part, __, pair) => {
        label[part - 1] = pair.readString();
      }, null);
      labels.push([label[0] ?? '', label[1] ?? '']);
    } else {
      const sample = { value: 0, timestamp: 0 };
      series.readMessage((part, __, pair) => {
        if (part === 1) sample.value = pair.readDouble();
        else sample.timestamp = pair.readVarint();
      }, null);
      samples.push(sample);
    }
  }, null);
  return { labels, samples };
}
