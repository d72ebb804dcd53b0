import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { migrate } from '@trafficflux/postgres';
import { createTestDatabase, type TestDatabase } from '@trafficflux/tooling/test-stores';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventBus, eventBusMigrations } from '../src/index.ts';
import { ask } from './ask-postgres.ts';
import { openBus } from './open-bus.ts';
import { createRecorder } from './recorder.ts';

describe('the channel and the table', () => {
  let database: TestDatabase;
  let admin: pg.Client;
  beforeAll(async () => {
    database = await createTestDatabase(eventBusMigrations);
    admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
  });
  afterAll(async () => {
    await admin.end();
    await database.drop();
  });
  const rows = async () => (await admin.query('SELECT id FROM bus_payloads')).rowCount;

  it('carry many events in one NOTIFY, each below 8000 bytes', async () => {
    await using bus = openBus({ databaseUrl: database.url });
    const payloads: string[] = [];
    admin.on('notification', ({ payload }) => payloads.push(payload ?? ''));
    await admin.query('LISTEN trafficflux_bus');
    await bus.ping();
    const burst = (count: number) =>
      Promise.all(Array.from({ length: count }, (_, index) => bus.publish('topic', `é${index}`)));
    await burst(300);
    await burst(900);
    for (let index = 0; index < 20; index++) await bus.publish('topic', 'é'.repeat(3_975 + index));
    await admin.query('UNLISTEN trafficflux_bus');
    admin.removeAllListeners('notification');
    expect(payloads).toHaveLength(22);
    for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThan(8_000);
    const ways = payloads.map((payload) => (/^@\d+$/.test(payload) ? 'table' : 'channel'));
    expect(ways.slice(0, 2)).toEqual(['channel', 'table']);
    // Grown by two bytes each time, until the channel holds no more.
    expect(ways.slice(2)).toEqual([...ways.slice(2)].toSorted());
    expect(new Set(ways.slice(2)).size).toBe(2);
  });

  it('hear of a process at most once in 5 ms, however its events come', async () => {
    await using bus = openBus({ databaseUrl: database.url });
    const recorder = createRecorder();
    const payloads: string[] = [];
    admin.on('notification', ({ payload }) => payloads.push(payload ?? ''));
    await admin.query('LISTEN trafficflux_bus');
    await bus.subscribe('topic', recorder);
    const started = performance.now();
    for (let index = 0; index < 300; index++) {
      void bus.publish('topic', index);
      await nextTurn();
    }
    await recorder.hasEvents(300);
    const elapsedMs = performance.now() - started;
    await admin.query('UNLISTEN trafficflux_bus');
    admin.removeAllListeners('notification');
    expect(recorder.data()).toEqual(Array.from({ length: 300 }, (_, index) => index));
    expect(payloads.length).toBeLessThanOrEqual(elapsedMs / 5 + 1);
    expect(payloads.length).toBeLessThan(300);
  });

  it('forget a long message a minute after it was sent', async () => {
    await admin.query(`TRUNCATE bus_payloads; INSERT INTO bus_payloads (body, created_at)
      SELECT 'old', now() - interval '61 seconds' FROM generate_series(1, 1500);
      INSERT INTO bus_payloads (body, created_at) VALUES ('young', now() - interval '30 seconds')`);
    await using bus = openBus({ databaseUrl: database.url, heartbeatMs: 50 });
    await bus.ping();
    await expect.poll(rows).toBe(1);
  });

  it('say a gap when the row of a long message is gone, and go on', async () => {
    const errors: string[] = [];
    await using bus = openBus({
      databaseUrl: database.url,
      onError: (error) => errors.push(error.message),
    });
    const recorder = createRecorder();
    await bus.subscribe('topic', recorder);
    await admin.query("NOTIFY trafficflux_bus, '@0'");
    await bus.publish('topic', 1);
    await recorder.hasEvents(1);
    expect(recorder.gaps).toBe(1);
    expect(errors).toEqual(['A long message was deleted before it was read.']);
  });

  it('take no harm from what others send', async () => {
    const errors: string[] = [];
    await using bus = openBus({
      databaseUrl: database.url,
      onError: (error) => errors.push(error.message),
    });
    const recorder = createRecorder();
    await bus.subscribe('topic', recorder);
    for (const text of ['x\ny', 'publisher\n1 topic {', '@abc', '']) {
      await admin.query('SELECT pg_notify($1, $2)', ['trafficflux_bus', text]);
    }
    await recorder.hasGaps(1);
    await expect.poll(() => bus.publish('topic', 1).then(() => recorder.data().includes(1))).toBe(true);
    expect(errors.length).toBeGreaterThanOrEqual(2);
  });

  it('show the name of their process to PostgreSQL', async () => {
    await using bus = openBus({ databaseUrl: database.url, name: 'runner one' });
    await bus.subscribe('topic', createRecorder());
    await bus.ping();
    const { rows: found } = await admin.query(
      "SELECT application_name AS name FROM pg_stat_activity WHERE application_name LIKE 'runner one%' ORDER BY 1",
    );
    expect(found).toEqual([{ name: 'runner one-bus-publisher' }, { name: 'runner one-bus-subscriber' }]);
  });

  it('open no listening connection for a process that only publishes', async () => {
    await using bus = openBus({ databaseUrl: database.url, name: 'publisher' });
    await bus.publish('topic', 1);
    const { rows: found } = await admin.query(
      "SELECT application_name AS name FROM pg_stat_activity WHERE application_name LIKE 'publisher%'",
    );
    expect(found).toEqual([{ name: 'publisher-bus-publisher' }]);
  });
});

describe('a database', () => {
  it('without the migration counts as away, and the bus says why; it works once the migration was applied', async () => {
    const nothing = mkdtempSync(join(tmpdir(), 'trafficflux-no-migrations-'));
    await using database = await createTestDatabase(nothing);
    rmdirSync(nothing);
    const errors: string[] = [];
    await using bus = openBus({
      databaseUrl: database.url,
      onError: (error) => errors.push(error.message),
    });
    await expect(bus.ping()).rejects.toMatchObject({ code: 'UNAVAILABLE', cause: { code: '42P01' } });
    expect(errors).toEqual(['The event bus cannot reach PostgreSQL: relation "bus_payloads" does not exist']);
    await migrate({ databaseUrl: database.url, folder: eventBusMigrations });
    await expect.poll(() => isUp(bus), { timeout: 10_000 }).toBe(true);
    await expect(bus.publish('topic', 1)).resolves.toBeUndefined();
  });

  it('that cannot hold a character refuses that event alone', async () => {
    await using database = await createTestDatabase(eventBusMigrations);
    await using latin = await createLatinDatabase(database.url);
    await migrate({ databaseUrl: latin.url, folder: eventBusMigrations });
    await using bus = openBus({ databaseUrl: latin.url });
    const recorder = createRecorder();
    await bus.subscribe('topic', recorder);
    const outcomes = await Promise.allSettled(['é', '😀', 'ü'].map((text) => bus.publish('topic', text)));
    await recorder.hasEvents(2);
    expect(recorder.data()).toEqual(['é', 'ü']);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});

async function createLatinDatabase(neighbourUrl: string) {
  const name = `latin_${process.pid}`;
  await ask(neighbourUrl, `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'`);
  const drop = async () => void (await ask(neighbourUrl, `DROP DATABASE ${name} WITH (FORCE)`));
  const { href } = Object.assign(new URL(neighbourUrl), { pathname: name });
  return { url: href, [Symbol.asyncDispose]: drop };
}

function isUp(bus: EventBus): Promise<boolean> {
  return bus.ping().then(
    () => true,
    () => false,
  );
}
