// A way to PostgreSQL on which answers are lost: what was asked is done, and the connection breaks before it says so.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface LossyWay extends AsyncDisposable {
  readonly url: string;
  /** How many answers were lost. */
  readonly lost: number;
  /** From now on, so many answers to whatever is asked are lost. */
  lose(count: number): void;
}

/** The head of ReadyForQuery, the last message of an answer: the transaction is over by then. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5]);

export async function openLossyWay(databaseUrl: string): Promise<LossyWay> {
  const url = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let toLose = 0;
  let lost = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(url.port), url.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    let isReady = false;
    client.pipe(upstream);
    upstream.on('data', (data) => {
      const isAnswer = isReady && data.includes(READY);
      if (isAnswer && toLose > 0) {
        toLose--;
        lost++;
        client.destroy();
        return;
      }
      isReady ||= data.includes(READY);
      client.write(data);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const way = new URL(url);
  way.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: way.href,
    get lost() {
      return lost;
    },
    lose(count) {
      toLose = count;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
