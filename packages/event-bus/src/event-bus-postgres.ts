// The bus on PostgreSQL: LISTEN and NOTIFY on one channel. Each NOTIFY takes a lock of the whole server when it
// commits, so a process sends few, with many events in each; what is too long for one goes through a table.
import { isUnavailable, parseDatabaseUrl } from '@trafficflux/postgres';
import { type BusOptions, createBus } from './bus.ts';
import type { BusStore, Outgoing, Receiver, ReceivingConnection, SendingConnection } from './bus-store.ts';
import type { EventBus } from './event-bus.ts';
import { encodeMessage } from './message.ts';
import { openPostgres, type PostgresConnection } from './postgres-connection.ts';

export interface PostgresBusOptions extends BusOptions {
  /**
   * A database with `eventBusMigrations` applied. NOTIFY does not cross databases, so all must name the same; nor does
   * LISTEN pass a pooler that lends connections out per transaction.
   */
  readonly databaseUrl: string;
  /** Shown by PostgreSQL in `pg_stat_activity`. */
  readonly name: string;
}

const CHANNEL = 'trafficflux_bus';
const SEND_INTERVAL_MS = 5;
/** PostgreSQL refuses a payload of 8000 bytes. */
const MAX_PAYLOAD_BYTES = 7999;
/** A payload that begins so holds the id of a row; the name of a publisher never does. */
const REFERENCE = '@';
const KEPT_FOR = '1 minute';
const MAX_BACKLOG = 5000;

/** Throws a `TypeError`, whose sentence never repeats the URL, if that is none of PostgreSQL. */
export function createPostgresEventBus({ databaseUrl, name, ...options }: PostgresBusOptions): EventBus {
  parseDatabaseUrl(databaseUrl);
  const store: BusStore = {
    title: 'PostgreSQL',
    sendIntervalMs: SEND_INTERVAL_MS,
    openSending: async (signal) =>
      toSending(await openPostgres({ databaseUrl, name: `${name}-bus-publisher`, signal })),
    openReceiving: async (receiver, signal) =>
      toReceiving(await openPostgres({ databaseUrl, name: `${name}-bus-subscriber`, signal }), receiver),
  };
  return createBus(store, options);
}

function toSending(connection: PostgresConnection): SendingConnection {
  return { ...connection, send, ping: cleanUp };

  async function send(publisher: string, batch: readonly Outgoing[]): Promise<Map<number, Error>> {
    try {
      await notify(
        encodeMessage(
          publisher,
          batch.map(({ line }) => line),
        ),
      );
      return new Map();
    } catch (error) {
      if (isUnavailable(error)) throw error;
      return sendEachAlone(publisher, batch, error as Error);
    }
  }

  /** Finds out which of them PostgreSQL does not take, so that the others need not wait. */
  async function sendEachAlone(publisher: string, batch: readonly Outgoing[], error: Error) {
    if (batch.length === 1) return new Map([[0, error]]);
    const refused = new Map<number, Error>();
    for (const [index, outgoing] of batch.entries()) {
      const alone = await send(publisher, [outgoing]);
      for (const reason of alone.values()) refused.set(index, reason);
    }
    return refused;
  }

  async function notify(text: string): Promise<void> {
    if (Buffer.byteLength(text) <= MAX_PAYLOAD_BYTES) {
      await connection.query('SELECT pg_notify($1, $2)', [CHANNEL, text]);
      return;
    }
    await connection.query(
      `WITH stored AS (INSERT INTO bus_payloads (body) VALUES ($1) RETURNING id)
       SELECT pg_notify($2, $3 || id) FROM stored`,
      [text, CHANNEL, REFERENCE],
    );
  }

  /**
   * Also the heartbeat, with which every connection begins: so a missing migration shows at once, and not at the first
   * long message. Whoever comes first cleans up for all.
   */
  async function cleanUp(): Promise<void> {
    await connection.query(
      `DELETE FROM bus_payloads WHERE id IN (
         SELECT id FROM bus_payloads WHERE created_at < now() - $1::interval
         ORDER BY created_at LIMIT 1000 FOR UPDATE SKIP LOCKED)`,
      [KEPT_FOR],
    );
  }
}

function toReceiving(connection: PostgresConnection, receiver: Receiver): ReceivingConnection {
  const backlog: string[] = [];
  let isWorking = false;
  let isOver = false;
  void connection.lost.then(() => {
    isOver = true;
  });
  connection.onNotification(receive);
  // The one channel carries all topics; to listen again changes nothing, and proves that the connection lives.
  const listen = async () => void (await connection.query(`LISTEN ${CHANNEL}`));
  return { ...connection, listen, unlisten: async () => {} };

  function receive(payload: string): void {
    backlog.push(payload);
    if (backlog.length > MAX_BACKLOG) giveUp();
    else if (!isWorking) void work();
  }

  /** Messages keep their order, so those behind a reference wait until its row was read. */
  async function work(): Promise<void> {
    isWorking = true;
    for (let payload = backlog.shift(); payload !== undefined && !isOver; payload = backlog.shift()) {
      if (payload.startsWith(REFERENCE)) await handOverRow(payload.slice(REFERENCE.length));
      else receiver.onMessage(payload);
    }
    isWorking = false;
  }

  async function handOverRow(id: string): Promise<void> {
    try {
      const [row] = await connection.query<{ body: string }>('SELECT body FROM bus_payloads WHERE id = $1', [
        id,
      ]);
      if (row) receiver.onMessage(row.body);
      else receiver.onMissed(new Error('A long message was deleted before it was read.'));
    } catch {
      // What is lost now is said as a gap by the next connection.
      giveUp();
    }
  }

  function giveUp(): void {
    isOver = true;
    backlog.length = 0;
    void connection.close();
  }
}
