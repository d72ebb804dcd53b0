// Reads that arrive in one turn of the event loop, answered by one query.

/**
 * Creates a function that reads one key. The keys asked for in the same turn go to `readAll` together, once; a key
 * that it does not return is undefined. When `readAll` fails, all of them fail.
 */
export function createTurnBatch<Key, Value>(
  readAll: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>,
): (key: Key) => Promise<Value | undefined> {
  let waiting: { keys: Set<Key>; result: Promise<ReadonlyMap<Key, Value>> } | undefined;

  function openBatch() {
    const keys = new Set<Key>();
    // setImmediate runs once all sockets that are readable now have been read.
    const turn = new Promise<void>((resolve) => setImmediate(resolve));
    const result = turn.then(() => {
      waiting = undefined;
      return readAll([...keys]);
    });
    return { keys, result };
  }

  return async (key) => {
    waiting ??= openBatch();
    waiting.keys.add(key);
    return (await waiting.result).get(key);
  };
}
