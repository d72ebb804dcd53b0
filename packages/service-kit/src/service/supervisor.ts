/** What a service tells the supervisor that started it, over the IPC channel of `child_process.fork`. */

export type SupervisorMessage =
  | { readonly type: 'ready'; readonly urls: readonly string[]; readonly docs?: string }
  | { readonly type: 'failed'; readonly message: string };

/** Sends a message if somebody listens, and resolves when it is on its way. */
export async function tellSupervisor(message: SupervisorMessage): Promise<void> {
  if (process.send === undefined || !process.connected) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  // A supervisor that died meanwhile is told nothing; the disconnect ends this process anyway.
  process.send(message, undefined, undefined, () => resolve());
  await promise;
}

/** Calls back when the supervisor is gone, however it went: no service outlives it. */
export function onSupervisorGone(callback: () => void): void {
  if (process.send === undefined) return;
  // It may have gone while we were starting.
  if (process.connected) process.once('disconnect', callback);
  else callback();
}
