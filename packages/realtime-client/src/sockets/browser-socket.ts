// The WebSocket of the browser. It tells no more of a failed handshake than 1006, and has no pings.
import type { OpenSocket } from './socket.ts';

export const openBrowserSocket: OpenSocket = ({ url, protocols }, listener) => {
  const socket = new WebSocket(url, [...protocols]);
  const silence = () => {
    for (const name of ['onopen', 'onmessage', 'onclose'] as const) socket[name] = null;
  };
  const close = (code: number, reason: string) => {
    silence();
    socket.close(code, reason);
  };
  socket.onopen = () => listener.opened();
  socket.onmessage = ({ data }: { readonly data: unknown }) =>
    typeof data === 'string' ? listener.heard(data) : listener.heardBytes();
  socket.onclose = ({ code, reason }) => {
    silence();
    listener.ended({ kind: 'closed', code, reason });
  };
  return {
    get isOpen() {
      return socket.readyState === WebSocket.OPEN;
    },
    send: (text) => socket.send(text),
    ping: () => {},
    close,
    // There is no more that a page can do.
    drop: () => close(1000, ''),
  };
};
