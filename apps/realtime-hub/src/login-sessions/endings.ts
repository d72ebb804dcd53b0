// Tells who has to know that a login session ended. With several nodes, the bus carries the news from node to node.

export interface Endings {
  /** `listener` is told of each session that ends; it must not throw. */
  onEnded(listener: (sessionId: string) => void): void;
  announce(sessionIds: readonly string[]): void;
}

export function createEndings(): Endings {
  const listeners: ((sessionId: string) => void)[] = [];
  return {
    onEnded: (listener) => void listeners.push(listener),
    announce(sessionIds) {
      for (const id of sessionIds) for (const listener of listeners) listener(id);
    },
  };
}
