/** Numbers with the time at which each is due; the one that is due next comes first (a binary heap). */
export class DueQueue {
  readonly #heap: { readonly dueMs: number; readonly n: number }[] = [];

  get nextDueMs(): number {
    return this.#heap[0]?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  get size(): number {
    return this.#heap.length;
  }

  add(n: number, dueMs: number): void {
    const heap = this.#heap;
    let place = heap.length;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || parent.dueMs <= dueMs) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = { n, dueMs };
  }

  /** The number that is due next; undefined when none is left. */
  take(): number | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (last !== undefined && heap.length > 0) this.#sink(last);
    return first?.n;
  }

  #sink(item: { readonly dueMs: number; readonly n: number }): void {
    const heap = this.#heap;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const [one, other] = [heap[left], heap[left + 1]];
      if (one === undefined) break;
      const [below, child] = other !== undefined && other.dueMs < one.dueMs ? [left + 1, other] : [left, one];
      if (child.dueMs >= item.dueMs) break;
      heap[place] = child;
      place = below;
    }
    heap[place] = item;
  }
}
