// The WebSocket of `ws`, with a word before it closes: `ws` answers the other side's close by itself, and what was to be
// sent before that would come too late.
import { WebSocket } from 'ws';

export class HubWebSocket extends WebSocket {
  /** Called before each close while it is open. */
  beforeClose: (() => void) | null = null;

  override close(code?: number, reason?: string | Buffer): void {
    if (this.readyState === WebSocket.OPEN) this.beforeClose?.();
    super.close(code, reason);
  }
}
