// A plain `ws` server that does `send` for each client; it speaks as the hub does.
import { createServer } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { isPeerToken } from './token.ts';

const topics = new Map<string, Set<WebSocket>>();
const http = createServer();
const server = new WebSocketServer({
  server: http,
  perMessageDeflate: false,
  verifyClient: ({ req }: { req: { url?: string | undefined } }) =>
    isPeerToken(new URL(req.url ?? '', 'http://localhost').searchParams.get('token') ?? ''),
});

server.on('connection', (socket) => {
  const mine = new Set<string>();
  socket.send('{"type":"Status","data":{"status":"connected"}}');
  socket.on('message', (data) => {
    const { type, data: content } = JSON.parse(data.toString());
    if (type === 'Subscribe') subscribe(socket, mine, content.topics);
    else if (type === 'Broadcast') broadcast(socket, content);
  });
  socket.on('close', () => {
    for (const topic of mine) topics.get(topic)?.delete(socket);
  });
});

function subscribe(socket: WebSocket, mine: Set<string>, names: readonly string[]): void {
  for (const name of names) {
    mine.add(name);
    const subscribers = topics.get(name) ?? new Set();
    topics.set(name, subscribers.add(socket));
  }
  socket.send('{"type":"Status","data":{"status":"subscribed"}}');
}

function broadcast(socket: WebSocket, { topic, payload }: { topic: string; payload: unknown }): void {
  const subscribers = topics.get(topic) ?? [];
  const message = Buffer.from(JSON.stringify({ type: 'Broadcast', data: { topic, payload } }));
  for (const subscriber of subscribers) subscriber.send(message, { binary: false });
  socket.send('{"type":"Ack","data":{"status":"delivered"}}');
}

http.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('ready'));
process.once('SIGTERM', () => process.exit());
