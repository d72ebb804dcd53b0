// A client for tests: a real WebSocket whose messages are waited for one by one.
import { once } from 'node:events';
import { WebSocket } from 'ws';

export interface Message {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into every kind of message
  readonly data: any;
}

export interface SocketOptions {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
  readonly query?: string;
}

export type Socket = Awaited<ReturnType<typeof openSocket>>;

/** Resolves when the hub said welcome. */
export async function openSocket(port: number, options: SocketOptions = {}) {
  const { token, headers = {}, protocols = [], query = '' } = options;
  const ws = new WebSocket(`ws://127.0.0.1:${port}/ws${query}`, [...protocols], {
    headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
    perMessageDeflate: false,
  });
  const inbox: Message[] = [];
  let wake = () => {};
  ws.on('message', (data) => {
    inbox.push(JSON.parse(String(data)));
    wake();
  });
  const closed = once(ws, 'close').then(([code, reason]) => ({
    code: code as number,
    reason: String(reason),
  }));
  closed.then(() => wake()).catch(() => {});

  /** Takes the first message that came and was not taken, of a type where one is named; rejects when there will be none. */
  async function next(type?: string): Promise<Message> {
    for (;;) {
      const at = inbox.findIndex((message) => type === undefined || message.type === type);
      if (at >= 0) return inbox.splice(at, 1)[0] as Message;
      if (ws.readyState === WebSocket.CLOSED) throw new Error(`closed before a message of type ${type} came`);
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      await promise;
    }
  }

  const send = (message: unknown) => ws.send(typeof message === 'string' ? message : JSON.stringify(message));
  await once(ws, 'open');
  const welcome = await next('Status');
  return {
    ws,
    id: welcome.data.details.connection_id as string,
    welcome,
    closed,
    next,
    send,
    /** What came and was not taken. */
    inbox: inbox as readonly Message[],
    async ask(message: unknown, type?: string): Promise<Message> {
      send(message);
      return next(type);
    },
    async subscribe(...topics: string[]): Promise<Message> {
      send({ type: 'Subscribe', data: { topics } });
      return next('Status');
    },
    /** All that was sent to it before this call is in the inbox afterwards. */
    async settle(): Promise<void> {
      const timestamp = Math.random();
      send({ type: 'Ping', data: { timestamp } });
      while ((await next('Pong')).data.timestamp !== timestamp);
    },
    async close(): Promise<void> {
      ws.close(1000);
      await closed;
    },
  };
}

/** What the hub answers instead of an upgrade. */
export async function refusedSocket(port: number, options: SocketOptions = {}) {
  const { token, headers = {}, protocols = [], query = '' } = options;
  const ws = new WebSocket(`ws://127.0.0.1:${port}/ws${query}`, [...protocols], {
    headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
  });
  const opened = once(ws, 'open').then(() => {
    ws.terminate();
    throw new Error('It was let in.');
  });
  ws.on('error', () => {});
  const [, response] = await Promise.race([once(ws, 'unexpected-response'), opened]);
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode as number, headers: response.headers, json: JSON.parse(text) };
}
