// The process of the clients: publishers in this thread, sinks in others. It does what its parent orders.
import { setTimeout as wait } from 'node:timers/promises';
import { percentile } from '../../percentile.ts';
import { readCpuSeconds } from '../process-use.ts';
import { dialects } from './dialects.ts';
import type { Connected, Loaded, Order, Paced, ServerAddress } from './orders.ts';
import { readClockUs } from './payload.ts';
import { Publisher } from './publisher.ts';
import { SinkThreads } from './sink-threads.ts';

/** When nothing has come for so long, the rest is lost. */
const SILENCE_MS = 10_000;
/** Messages a second that are read and not only counted: enough for a p99, and few enough to cost little. */
const READ_PER_SECOND = 20_000;
const [MIN_LISTENERS, MAX_LISTENERS] = [20, 400];

interface Start extends ServerAddress {
  readonly serverPid: number;
  readonly threads: number;
}

const { serverPid, threads, ...address }: Start = JSON.parse(process.argv[2] ?? '');
const sinks = new SinkThreads(address, threads);
const publisher = new Publisher({ ...address, dialect: dialects[address.server] });

process.on('message', async (order: Order) => {
  try {
    process.send?.({ result: await obey(order) });
  } catch (error) {
    process.send?.({ problem: `${error}` });
  }
});
// Whoever ordered is gone.
process.on('disconnect', () => process.exit());
await publisher.open().then(
  () => process.send?.({ result: null }),
  (error) => process.send?.({ problem: `${error}` }),
);

async function obey(order: Order): Promise<Connected | Loaded | Paced | null> {
  switch (order.do) {
    case 'connect': {
      const before = look();
      await sinks.connect(order.count, order.atOnce);
      return subtract(look(), before);
    }
    case 'subscribe':
      await sinks.subscribe(order.count, order.topics);
      return null;
    case 'load':
      return load(order);
    case 'pace':
      return pace(order);
    case 'close':
      publisher.close();
      setImmediate(() => process.disconnect());
      return null;
  }
}

function look() {
  return { deliveries: sinks.messages, seconds: readClockUs() / 1e6, cpuSeconds: readCpuSeconds(serverPid) };
}

function subtract(after: Loaded, before: Loaded): Loaded {
  return {
    deliveries: after.deliveries - before.deliveries,
    seconds: after.seconds - before.seconds,
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
  };
}

/** Measures a stretch in the middle: what is on its way at its begin is as much as at its end. */
async function load(order: Order & { do: 'load' }): Promise<Loaded> {
  const { topics, recipients, inFlight, warmUpMs, measureMs } = order;
  const base = sinks.messages;
  const publishing = publisher.publishAsTaken(topics, {
    inFlight,
    untilUs: readClockUs() + (warmUpMs + measureMs) * 1e3,
    countDelivered: () => (sinks.messages - base) / recipients,
  });
  await wait(warmUpMs);
  const before = look();
  await wait(measureMs - 50);
  const measured = subtract(look(), before);
  await assertDelivered(base + (await publishing) * recipients);
  return measured;
}

async function pace(order: Order & { do: 'pace' }): Promise<Paced> {
  const { topics, recipients, ratePerSecond, warmUpMs, measureMs } = order;
  const base = sinks.messages;
  const fromUs = readClockUs() + warmUpMs * 1e3;
  const listeners = Math.round((READ_PER_SECOND * topics.count) / ratePerSecond);
  await sinks.listen({
    listeners: Math.min(MAX_LISTENERS, Math.max(MIN_LISTENERS, listeners)),
    subscribers: topics.count * recipients,
    fromUs,
  });
  const publishing = publisher.publishByClock(topics, ratePerSecond, fromUs + measureMs * 1e3);
  await wait(warmUpMs);
  const before = look();
  const ownBefore = process.cpuUsage();
  await wait(measureMs);
  const measured = subtract(look(), before);
  const own = process.cpuUsage(ownBefore);
  await assertDelivered(base + (await publishing) * recipients);
  const times = (await sinks.tellTimes()).sort();
  return {
    ...measured,
    p50Ms: percentile(times, 50) / 1e3,
    p99Ms: percentile(times, 99) / 1e3,
    samples: times.length,
    clientCpuSeconds: (own.user + own.system) / 1e6,
  };
}

/** Every message reached every subscriber once, or the figures mean nothing. */
async function assertDelivered(expected: number): Promise<void> {
  for (let [seen, silentMs] = [0, 0]; seen < expected && silentMs < SILENCE_MS; silentMs += 20) {
    if (sinks.messages > seen) [seen, silentMs] = [sinks.messages, 0];
    await wait(20);
  }
  const missing = expected - sinks.messages;
  const lost = sinks.lost + publisher.lost;
  if (missing !== 0 || lost > 0)
    throw new Error(`${missing} messages are missing, and the server closed ${lost} connections`);
}
