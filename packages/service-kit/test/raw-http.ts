/** HTTP as bytes on a socket: for what `fetch` will not send, and for what only the wire shows. */
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Sends the text as it is and resolves with everything that came until the server closed. */
export async function exchange(port: number, text: string | Buffer): Promise<string> {
  const socket = await open(port);
  socket.write(text);
  return readToEnd(socket);
}

/** As `exchange`, parsed as one answer. */
export async function exchangeOne(port: number, text: string | Buffer): Promise<RawAnswer> {
  return parseAnswer(await exchange(port, text));
}

export async function open(port: number): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect(port, '127.0.0.1', resolve);
  socket.once('error', reject);
  await promise;
  socket.off('error', reject);
  return socket;
}

export async function readToEnd(socket: Socket): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  // A reset is an end too: what came before it is what the server had to say.
  socket.on('error', () => {});
  socket.once('close', () => resolve(Buffer.concat(chunks).toString()));
  return promise;
}

/** Resolves with the text received once it contains `expected`. */
export async function readUntil(socket: Socket, expected: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let text = '';
  const onData = (chunk: Buffer) => {
    text += chunk.toString();
    if (!text.includes(expected)) return;
    socket.off('data', onData);
    resolve(text);
  };
  socket.on('data', onData);
  socket.once('close', () => reject(new Error(`closed before ${JSON.stringify(expected)} came: ${text}`)));
  return promise;
}

export function parseAnswer(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  return { status: Number(statusLine.split(' ')[1]), headers, body: rest.join('\r\n\r\n') };
}
