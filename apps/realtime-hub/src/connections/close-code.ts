// Why the hub closes a connection (RFC 6455 §7.4); docs/realtime-clients.md says what a client shall do then.
// 1002, 1007 and 1009 come from the WebSocket protocol itself.

export const CLOSE = {
  normal: 1000,
  policy: 1008,
  /** Come back after a while: another node, or this one, is there. */
  restart: 1012,
  /** The token or its session ended: come back with a new token. */
  authEnded: 4401,
  heartbeat: 4408,
  flood: 4429,
  /** It did not read what was sent to it. */
  tooSlow: 4508,
} as const;

export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];
