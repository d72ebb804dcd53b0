// Handlers by name. What one of them throws stops neither the others nor the client.

// biome-ignore lint/suspicious/noExplicitAny: what a handler takes is typed where it is added
type Handler = (...args: any[]) => unknown;

export class Handlers {
  readonly #handlers = new Map<string, Set<Handler>>();

  /** The same handler counts once. */
  add(name: string, handler: Handler): void {
    if (typeof handler !== 'function') throw new TypeError(`A handler is a function, not ${typeof handler}.`);
    const set = this.#handlers.get(name) ?? new Set();
    this.#handlers.set(name, set.add(handler));
  }

  /** All of that name where none is given. */
  remove(name: string, handler?: Handler): void {
    if (handler === undefined) this.#handlers.delete(name);
    else this.#handlers.get(name)?.delete(handler);
  }

  call(name: string, args: readonly unknown[], onError: (error: unknown) => void): void {
    // A copy: handlers may add and remove others.
    for (const handler of [...(this.#handlers.get(name) ?? [])]) callHandler(handler, args, onError);
  }

  has(name: string): boolean {
    return (this.#handlers.get(name)?.size ?? 0) > 0;
  }
}

/** What it throws, now or by its promise, goes to `onError`. */
export function callHandler(
  handler: Handler,
  args: readonly unknown[],
  onError: (error: unknown) => void,
): void {
  try {
    const answer = handler(...args);
    if (answer instanceof Promise) answer.catch(onError);
  } catch (error) {
    onError(error);
  }
}
