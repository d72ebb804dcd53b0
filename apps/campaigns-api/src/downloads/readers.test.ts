// F64: readers who go away, who do not read, and stores that fail while somebody reads.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { packEntries } from '@trafficflux/campaigns';
import { type App, addDocumentedSchemas, createApp, createLogger } from '@trafficflux/service-kit';
import { getText, listen, open, readAll } from '@trafficflux/tooling/service-tests';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Service, startCampaignsApi } from '../../test/service.ts';
import { loadCampaignsConfig } from '../config.ts';
import { errorFormat } from '../errors.ts';
import { SCHEMAS } from '../openapi.ts';
import { addDownloadRoutes, type DownloadRoutesOptions } from './routes.ts';

const CHUNKS = 2000;
const CHUNK_SIZE = 500;
const TOTAL = CHUNKS * CHUNK_SIZE;
const MB = 1024 * 1024;

let service: Service;
let port: number;
let id: string;

beforeAll(async () => {
  service = await startCampaignsApi();
  id = await fill(CHUNKS);
  port = await listen(service.app);
});
afterAll(() => service.close());

/** Entries in chunks as a worker writes them; the first of each chunk tells its number. */
async function fill(chunks: number): Promise<string> {
  const campaign = await service.create();
  const others = `,{"success":true,"text":"${'x'.repeat(120)}"}`.repeat(CHUNK_SIZE - 1);
  const packed = Array.from({ length: chunks }, (_, chunk) =>
    packEntries(`[{"success":true,"sequence":${chunk * CHUNK_SIZE + 1}}${others}]`),
  );
  await service.sql.query(
    `INSERT INTO chunks (campaign_id, first_sequence, last_sequence, epoch, bytes, entries)
     SELECT $1, chunk * $2 - $2 + 1, chunk * $2, 1, bytes, stored
     FROM unnest($3::int[], $4::bytea[]) WITH ORDINALITY AS packed (bytes, stored, chunk)`,
    [campaign, CHUNK_SIZE, packed.map(({ bytes }) => bytes), packed.map(({ stored }) => stored)],
  );
  await service.sql.query(
    'UPDATE campaigns SET epoch = epoch + 1, last_sequence = $2, successful_requests = $2 WHERE id = $1',
    [campaign, chunks * CHUNK_SIZE],
  );
  return campaign;
}

/** The head must name a host of ours. */
const openDownload = (campaign = id, at = port): Promise<Socket> =>
  open(at, getText(`/api/traffic/download/${campaign}`).replace('Host: x', 'Host: localhost'));

/** The routes of downloads alone, on the stores of the service but for what is given. */
async function startDownloads(options: Partial<DownloadRoutesOptions>): Promise<App> {
  const config = loadCampaignsConfig({
    env: {
      DATABASE_URL: service.databaseUrl,
      PLATFORM_DATABASE_URL: service.databaseUrl,
      HOST: '127.0.0.1',
    },
  });
  const logger = createLogger({ name: 'x', level: 'fatal', destination: { write: () => {} } });
  const app = await createApp({ name: 'x', http: config.http, logger, errors: errorFormat });
  addDocumentedSchemas(app, SCHEMAS);
  addDownloadRoutes(app, { ...service.stores, ...options });
  return app;
}

/** Connections of the service that work on something or hold a transaction. */
async function busyConnections(): Promise<number> {
  const { rows } = await service.sql.query(
    `SELECT count(*)::int AS busy FROM pg_stat_activity
     WHERE application_name = 'campaigns-api' AND datname = current_database() AND state <> 'idle'`,
  );
  return rows[0].busy;
}

async function inFlight(): Promise<number> {
  const { text } = await service.get('/metrics');
  const found = /^http_requests_in_flight\S* (\d+)$/m.exec(text)?.[1];
  // The question itself is one of them.
  return Number(found) - 1;
}

describe('a download of a million entries', () => {
  test.each([
    ['takes them as they come', 0],
    ['stops again and again', 20],
  ])('has each of them once for a reader who %s', async (_, stopEvery) => {
    const socket = await openDownload();
    let [entries, tail, pieces] = [0, '', 0];
    const sequences: number[] = [];
    socket.on('data', (data: Buffer) => {
      if (stopEvery > 0 && ++pieces % stopEvery === 0) {
        socket.pause();
        setImmediate(() => socket.resume());
      }
      const text = tail + data.toString('latin1');
      // The end may be half an entry.
      const whole = text.lastIndexOf('}') + 1;
      tail = text.slice(whole);
      for (const [, sequence] of text.slice(0, whole).matchAll(/"success":true,"(?:text|sequence":(\d+))/g)) {
        entries++;
        if (sequence !== undefined) sequences.push(Number(sequence));
      }
      if (text.endsWith('0\r\n\r\n')) socket.end();
    });
    socket.resume();
    await once(socket, 'close');
    expect(entries).toBe(TOTAL);
    expect(sequences).toEqual(Array.from({ length: CHUNKS }, (_, chunk) => chunk * CHUNK_SIZE + 1));
  });

  test('S40 takes far less memory than it has bytes', async () => {
    const before = process.memoryUsage().rss;
    const { body } = await fetch(`http://localhost:${port}/api/traffic/generated`);
    let [bytes, peak] = [0, 0];
    for await (const data of body ?? []) {
      bytes += data.length;
      peak = Math.max(peak, process.memoryUsage().rss - before);
    }
    expect(bytes).toBeGreaterThan(130 * MB);
    expect(peak).toBeLessThan(90 * MB);
  });

  test('HEAD reads none of them', async () => {
    for (const path of [`download/${id}`, `generated/${id}`, 'generated']) {
      const answer = await service.ask({ method: 'HEAD', url: `/api/traffic/${path}` });
      expect([path, answer.status, answer.text, answer.headers['content-type']]).toEqual([
        path,
        200,
        '',
        'application/json; charset=utf-8',
      ]);
    }
  });

  test('F64 frees everything when its reader goes away, fifty times', async () => {
    for (let round = 0; round < 50; round++) {
      const socket = await openDownload();
      let bytes = 0;
      socket.on('data', (data: Buffer) => {
        bytes += data.length;
        if (bytes > 64 * 1024) socket.destroy();
      });
      socket.resume();
      await once(socket, 'close');
    }
    await expect.poll(async () => [await inFlight(), await busyConnections()]).toEqual([0, 0]);
    const { totalCount, idleCount, waitingCount } = service.stores.pool;
    expect([totalCount - idleCount, waitingCount]).toEqual([0, 0]);
  });

  test('F64 is not read ahead for readers who do not read', async () => {
    const before = process.memoryUsage().rss;
    const sockets = await Promise.all(Array.from({ length: 5 }, () => openDownload()));
    await Promise.all(sockets.map((socket) => once(socket, 'readable')));
    // The buffers of the system fill up; then every further chunk waits for its reader, and holds no connection.
    await expect.poll(busyConnections).toBe(0);
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * MB);
    for (const socket of sockets) socket.destroy();
    await expect.poll(inFlight).toBe(0);
  });

  test('F64 ends when its reader takes nothing for too long', async () => {
    const app = await startDownloads({ stalledAfterMs: 100 });
    const socket = await openDownload(id, await listen(app));
    await once(socket, 'readable');
    // Closing waits for what is in flight: without the limit it would wait for ever.
    await app.close();
    const text = await readAll(socket);
    expect(text.endsWith('0\r\n\r\n')).toBe(false);
  });

  test('counts again what was purged before the first entry was read', async () => {
    const campaign = await fill(1);
    const { chunks } = service.stores;
    let reads = 0;
    const app = await startDownloads({
      chunks: {
        async *read(...range) {
          if (++reads === 1) await service.post(`/api/traffic/cleanup/${campaign}?purge=true`);
          yield* chunks.read(...range);
        },
      },
    });
    const { statusCode, body } = await app.inject(`/api/traffic/generated/${campaign}`);
    await app.close();
    expect(statusCode).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ data: [], metadata: { total_requests: 0 } });
    expect(reads).toBeGreaterThan(0);
  });

  test.each([
    ['fails', 'ALTER TABLE chunks RENAME TO hidden_chunks', 'ALTER TABLE hidden_chunks RENAME TO chunks'],
    [
      'has lost an entry',
      'UPDATE chunks SET first_sequence = first_sequence + 1 WHERE last_sequence = 900000',
      'UPDATE chunks SET first_sequence = first_sequence - 1 WHERE last_sequence = 900000',
    ],
    [
      'has entries that are larger than they say',
      'UPDATE chunks SET bytes = bytes - 1 WHERE last_sequence = 900000',
      'UPDATE chunks SET bytes = bytes + 1 WHERE last_sequence = 900000',
    ],
  ])('never ends well when the store %s half-way', async (_, breakIt, mendIt) => {
    const socket = await openDownload();
    socket.resume();
    const [head] = await once(socket, 'data');
    socket.pause();
    await service.sql.query(breakIt);
    try {
      const rest = await readAll(socket);
      expect(`${head}`).toContain('200 OK');
      expect(rest.endsWith('0\r\n\r\n')).toBe(false);
    } finally {
      await service.sql.query(mendIt);
    }
    const logs = await service.get(`/api/traffic/campaigns/${id}/logs`);
    expect(logs.json.data[0]).toMatchObject({
      level: 'error',
      event: 'error',
      message: 'A download broke off',
    });
  });

  test('of a campaign that is purged or deleted meanwhile does not end well either', async () => {
    const ends = [
      (campaign: string) => service.post(`/api/traffic/cleanup/${campaign}?purge=true`),
      (campaign: string) => service.remove(`/api/sessions/${campaign}`),
    ];
    for (const end of ends) {
      const campaign = await fill(CHUNKS / 4);
      const socket = await openDownload(campaign);
      socket.resume();
      await once(socket, 'data');
      socket.pause();
      expect((await end(campaign)).status).toBe(200);
      expect((await readAll(socket)).endsWith('0\r\n\r\n')).toBe(false);
      expect((await service.get(`/api/traffic/download/${campaign}`)).status).toBe(404);
    }
  });
});
