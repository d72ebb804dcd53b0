// Socket.IO over WebSocket alone, with rooms for topics.
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { isPeerToken } from './token.ts';

const http = createServer();
const server = new Server(http, {
  transports: ['websocket'],
  perMessageDeflate: false,
  serveClient: false,
  pingInterval: 3_600_000,
});

server.use((socket, next) => {
  next(isPeerToken(socket.handshake.auth.token ?? '') ? undefined : new Error('no token'));
});
server.on('connection', (socket) => {
  socket.on('subscribe', (topic: string, done: () => void) => {
    socket.join(topic);
    done();
  });
  socket.on('publish', (topic: string, payload: unknown) => {
    server.to(topic).emit('message', { topic, payload });
  });
});

http.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('ready'));
process.once('SIGTERM', () => process.exit());
