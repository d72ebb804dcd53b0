/** Work that is done while a store is away, which is back afterwards, whatever came of it. */

export interface Stoppable {
  stop(): Promise<void>;
  restart(): Promise<void>;
}

export interface Freezable {
  freeze(): void;
  thaw(): void;
}

export async function whileAway(store: Stoppable, work: () => Promise<void>): Promise<void> {
  await store.stop();
  try {
    await work();
  } finally {
    await store.restart();
  }
}

/** It accepts everything and answers nothing. */
export async function whileStalled(store: Freezable, work: () => Promise<void>): Promise<void> {
  store.freeze();
  try {
    await work();
  } finally {
    store.thaw();
  }
}
