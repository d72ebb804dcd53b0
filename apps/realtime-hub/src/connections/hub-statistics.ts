// What the hub counts (contracts 4.5).

export interface HubStatistics {
  readonly activeConnections: number;
  /** Since the start; so below. */
  readonly totalConnections: number;
  /** Messages of the hub, each copy for itself; control frames are none. */
  readonly messagesSent: number;
  readonly messagesReceived: number;
  /** Of reading, of handling, of sockets. */
  readonly errors: number;
}
