// GET /ws: the one room that knows WebSockets.
import fastifyWebsocket from '@fastify/websocket';
import type { App } from '@trafficflux/service-kit';
import { AppError } from '@trafficflux/service-kit';
import type { FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import { CLOSE } from '../connections/close-code.ts';
import type { Hub } from '../connections/hub.ts';
import { type AdmissionOptions, createAdmission } from './admission.ts';
import { HubWebSocket } from './hub-web-socket.ts';
import { SocketLine } from './socket-line.ts';
import { chooseProtocol } from './subprotocol.ts';

export interface SocketOptions extends Omit<AdmissionOptions, 'isEnding'> {
  readonly hub: Hub;
  readonly maxFrameBytes: number;
  /** On shutdown the connections are closed one after the other within this time. */
  readonly drainWindowMs: number;
}

/** A message in more pieces than this is cut off with 1008, and so is one that comes byte by byte. */
const MOST_FRAGMENTS = 256;
const MOST_CHUNKS = 4096;
/** How long the other side may take to answer a close, and to read why. */
const CLOSE_TIMEOUT_MS = 1000;

/** Registers WebSockets for the whole app, and the hub at /ws. */
export async function addSockets(app: App, options: SocketOptions): Promise<void> {
  const { hub, drainWindowMs } = options;
  await app.register(fastifyWebsocket, {
    options: {
      maxPayload: options.maxFrameBytes,
      maxFragments: MOST_FRAGMENTS,
      maxBufferedChunks: MOST_CHUNKS,
      // Its types do not know the one, and ask more of the other than it needs.
      ...{ closeTimeout: CLOSE_TIMEOUT_MS },
      WebSocket: HubWebSocket as never,
      perMessageDeflate: false,
      handleProtocols: chooseProtocol,
    },
  });
  app.connections.onEnd(async () => {
    await hub.drain(drainWindowMs);
    for (const socket of app.websocketServer.clients) socket.close(CLOSE.restart);
  });
  app.addHook('onClose', async () => hub.close());
  addRoute(app, options);
}

function addRoute(app: App, options: SocketOptions): void {
  const admit = createAdmission(app, { ...options, isEnding: () => app.connections.isDraining });
  app.route({
    method: 'GET',
    url: '/ws',
    schema: { hide: true },
    onRequest: admit,
    // Never reached: what is no handshake was refused.
    handler: () => {
      throw new AppError('internal', 'This address speaks WebSocket only.');
    },
    wsHandler: (ws, request) => connect(app, options.hub, ws, request),
  });
}

function connect(app: App, hub: Hub, ws: WebSocket, request: FastifyRequest): void {
  const { admission, raw } = request;
  if (admission === null) throw new Error('Nobody is let in without admission.');
  const { reply, access, rights } = admission;
  app.leaveHttp(reply);
  // What would keep the request alive as long as the socket: its response, and the plugin's listener.
  reply.raw.detachSocket(raw.socket);
  ws.removeAllListeners('error');

  const client = hub.connect(new SocketLine(ws, raw.socket), access, rights);
  if (ws instanceof HubWebSocket) ws.beforeClose = () => client.connection.flush();
  ws.on('message', (data: Buffer, isBinary) => {
    if (isBinary) client.receiveBinary(data.length);
    else client.receiveText(data);
  });
  ws.on('ping', () => client.hear());
  ws.on('pong', () => client.hear());
  // Of the protocol, and of the connection; `close` follows.
  ws.on('error', () => hub.countError());
  ws.on('close', () => hub.disconnect(client));
}
