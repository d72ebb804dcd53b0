interface Emitter {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
}

/** The arguments of an event when it comes; unlike Node's `once`, an `error` meanwhile is nothing special. */
export function heard(client: object, event: string): Promise<unknown[]> {
  return new Promise((resolve) => {
    (client as Emitter).on(event, (...args) => resolve(args));
  });
}
