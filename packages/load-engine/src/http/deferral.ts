// Hands failures to their listeners in a turn of the event loop of their own. A listener that sends again at once
// can then neither grow the stack nor keep the loop from its timers and signals.

export interface Deferred {
  deliver(): void;
}

let waiting: Deferred[] = [];

export function deliverLater(item: Deferred): void {
  if (waiting.push(item) === 1) setImmediate(deliverAll);
}

function deliverAll(): void {
  const due = waiting;
  waiting = [];
  let next = 0;
  try {
    while (next < due.length) due[next++]?.deliver();
  } finally {
    // A listener that throws must not take the failures of others with it.
    for (const item of due.slice(next)) deliverLater(item);
  }
}
