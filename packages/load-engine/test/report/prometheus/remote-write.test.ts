import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Recorder } from '../../../src/record/recorder.ts';
import { RemoteWrite, type RemoteWriteOptions } from '../../../src/report/prometheus/remote-write.ts';
import { recorderOf } from '../files/report.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import { runOf } from './run.ts';

const RECORDER = recorderOf([
  { step: 'GET /ü', ms: 30 },
  { step: 'GET /ü', ms: 70, failure: 'HTTP 500' },
]);

/** By their labels, without those of the machine. */
function toValues({ series }: Receiver['requests'][number]): Map<string, number | undefined> {
  return new Map(
    series.map(({ labels, samples }) => [
      labels
        .filter(([name]) => name !== 'instance' && name !== 'job')
        .map((pair) => pair.join('='))
        .join(' '),
      samples[0]?.value,
    ]),
  );
}

async function deliver(
  options: RemoteWriteOptions,
  recorder = RECORDER,
  looks = 1,
): Promise<string | undefined> {
  const remote = new RemoteWrite({ everyMs: 0, ...options });
  const { run, look } = runOf(recorder);
  for (let number = 0; number < looks; number += 1) remote.look(run, look);
  return remote.finish(run);
}

/** A port where nobody listens. */
async function findClosedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('Prometheus remote write', () => {
  it('sends samples that other libraries decode, under the headers of the protocol', async () => {
    const receiver = await startReceiver();
    const before = Date.now();
    expect(await deliver({ url: new URL(receiver.url) })).toBeUndefined();
    expect(receiver.requests).toHaveLength(2);
    const [first] = receiver.requests;
    expect(first?.headers).toMatchObject({
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    });
    const values = toValues(first as Receiver['requests'][number]);
    expect(values.get('__name__=loadspiker_requests_total status=200 step=GET /ü')).toBe(1);
    expect(values.get('__name__=loadspiker_requests_failed_total status=500 step=GET /ü')).toBe(1);
    expect(values.get('__name__=loadspiker_response_time_seconds_bucket le=0.05 step=GET /ü')).toBe(1);
    expect(values.get('__name__=loadspiker_response_time_seconds_sum step=GET /ü')).toBe(0.1);
    expect(values.get('__name__=loadspiker_active_users')).toBe(100);
    for (const { labels, samples } of first?.series ?? []) {
      const names = labels.map(([name]) => name);
      expect(names).toEqual([...names].sort());
      expect(names).toEqual(expect.arrayContaining(['instance', 'job']));
      expect(samples[0]?.timestamp).toBeGreaterThanOrEqual(before);
    }
  });

  it('sends many series whole', async () => {
    const receiver = await startReceiver();
    const steps = Array.from({ length: 180 }, (_, index) => ({
      step: `GET /a-rather-long-name/${index}`,
      ms: index,
    }));
    expect(await deliver({ url: new URL(receiver.url) }, recorderOf(steps))).toBeUndefined();
    const values = toValues(receiver.requests[0] as Receiver['requests'][number]);
    expect(values.get('__name__=loadspiker_requests_total status=200 step=GET /a-rather-long-name/179')).toBe(
      1,
    );
  });

  it.each([500, 503, 429])('tries again when it is answered %d, in the order of time', async (status) => {
    const receiver = await startReceiver((number) => (number <= 2 ? status : 204));
    expect(await deliver({ url: new URL(receiver.url) })).toBeUndefined();
    expect(receiver.requests).toHaveLength(4);
    const times = receiver.requests.map(({ series }) => series[0]?.samples[0]?.timestamp ?? 0);
    expect(times).toEqual([...times].sort((left, right) => left - right));
    expect(new Set(times.slice(0, 3)).size).toBe(1);
  });

  it.each([400, 401, 302])('gives up what is answered %d, and says so at the end', async (status) => {
    const receiver = await startReceiver(() => status);
    const sentence = await deliver({ url: new URL(receiver.url) });
    expect(receiver.requests).toHaveLength(2);
    const samples = receiver.requests.reduce((sum, { series }) => sum + series.length, 0);
    expect(sentence).toBe(`${samples} samples were not delivered to ${receiver.url}: it answered ${status}.`);
  });

  it('ends in time when there is no receiver, and shows no secret', async () => {
    const port = await findClosedPort();
    const url = new URL(`http://joe:s3cret@127.0.0.1:${port}/write?key=s3cret`);
    const sentence = await deliver({ url, headers: [['X-Key', 's3cret']], lastChanceMs: 100 });
    expect(sentence).toMatch(
      /^\d+ samples were not delivered to http:\/\/127\.0\.0\.1:\d+\/write: connect ECONNREFUSED/,
    );
    expect(sentence).not.toContain('s3cret');
    expect(() => new RemoteWrite({ url, headers: [['X-Key', 's3\ncret']] })).toThrow(/^(?!.*cret).*X-Key/s);
  });

  it('drops what is oldest for a receiver that is slow, and counts it', async () => {
    // All looks come before the first answer can.
    const receiver = await startReceiver();
    const sentence = await deliver({ url: new URL(receiver.url) }, new Recorder(), 100);
    const perLook = receiver.requests[0]?.series.length ?? 0;
    const delivered = receiver.requests.length;
    expect(delivered).toBeLessThanOrEqual(62);
    expect(sentence).toBe(
      `${(101 - delivered) * perLook} samples were not delivered to ${receiver.url}: it was too slow.`,
    );
  });

  it('authenticates with what the URL and the headers say', async () => {
    const receiver = await startReceiver();
    const url = new URL(receiver.url);
    url.username = 'joe';
    url.password = 'p:ß';
    await deliver({ url, headers: [['X-Scope-OrgID', 'shop']] });
    expect(receiver.requests[0]?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('joe:p:ß').toString('base64')}`,
      'x-scope-orgid': 'shop',
    });
  });
});
