// An echo on the product's own WebSockets: same server, same options.
import type { App } from '@trafficflux/service-kit';
import { startHub } from '../service.ts';

export function startEchoHub() {
  return startHub({}, (app: App) => {
    app.get('/echo', { websocket: true }, (socket) => {
      socket.on('message', (data: Buffer, isBinary) => socket.send(data, { binary: isBinary }));
    });
  });
}
