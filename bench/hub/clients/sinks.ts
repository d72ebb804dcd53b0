// A thread of sinks: it holds connections that count what they get.
import { parentPort, workerData } from 'node:worker_threads';
import { Connection, type Listener } from './connection.ts';
import { dialects } from './dialects.ts';
import { eachAtMost } from './each-at-most.ts';
import { COUNTS, type SinkData, type SinkOrder } from './orders.ts';
import { findSentAtUs, readClockUs } from './payload.ts';

const SUBSCRIBING_AT_ONCE = 100;

const { server, port, token, counts }: SinkData = workerData;
const target = { port, token, dialect: dialects[server] };
const connections: Connection[] = [];
let times: number[] = [];
let fromUs = 0;

const listener: Listener = {
  onMessages: (count) => void Atomics.add(counts, COUNTS.messages, count),
  onText(text) {
    const now = readClockUs();
    const sentAt = findSentAtUs(text);
    if (sentAt !== null && sentAt >= fromUs) times.push(now - sentAt);
  },
  onLost: () => void Atomics.add(counts, COUNTS.lost, 1),
};

parentPort?.on('message', async (order: SinkOrder) => {
  try {
    parentPort?.postMessage({ result: await obey(order) });
  } catch (error) {
    parentPort?.postMessage({ problem: String(error) });
  }
});

async function obey(order: SinkOrder): Promise<unknown> {
  switch (order.do) {
    case 'connect': {
      const added = await eachAtMost(order.atOnce, Array(order.count).fill(0), async () => {
        const connection = new Connection(target, listener);
        await connection.open();
        return connection;
      });
      connections.push(...added);
      return null;
    }
    case 'subscribe':
      await eachAtMost(SUBSCRIBING_AT_ONCE, order.topics, async (topic, index) =>
        connections[index]?.subscribe(topic),
      );
      return null;
    case 'listen':
      fromUs = order.fromUs;
      for (let index = 0; index < order.below; index += order.every) connections[index]?.listen(true);
      return null;
    case 'tell': {
      const told = Float64Array.from(times);
      times = [];
      for (const connection of connections) connection.listen(false);
      return told;
    }
  }
}
