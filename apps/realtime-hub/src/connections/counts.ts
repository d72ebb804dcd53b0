// What the hub counts while it works; `hub-statistics.ts` is what it tells of it.

export interface Counts {
  connections: number;
  sent: number;
  received: number;
  errors: number;
  /** Connections that did not read or did not answer. */
  dropped: number;
}

export function createCounts(): Counts {
  return { connections: 0, sent: 0, received: 0, errors: 0, dropped: 0 };
}
