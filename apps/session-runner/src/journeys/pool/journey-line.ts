/** The line in front of the threads: people take turns, and whoever waits may leave from the middle at once. */

export class JourneyLine<T> {
  /** The next turn is the first one's; sets keep the order of arrival. */
  readonly #people = new Map<string, Set<T>>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(person: string, entry: T): void {
    const entries = this.#people.get(person);
    if (entries === undefined) this.#people.set(person, new Set([entry]));
    else entries.add(entry);
    this.#length++;
  }

  /** False when it is not in the line, or no longer. */
  remove(person: string, entry: T): boolean {
    const entries = this.#people.get(person);
    if (entries?.delete(entry) !== true) return false;
    this.#length--;
    if (entries.size === 0) this.#people.delete(person);
    return true;
  }

  /** The oldest entry of the person whose turn it is, who then goes to the end. */
  takeNext(): T | undefined {
    const turn = this.#people.entries().next().value;
    if (turn === undefined) return undefined;
    const [person, entries] = turn;
    const entry = entries.values().next().value;
    if (entry === undefined) return undefined;
    this.#people.delete(person);
    entries.delete(entry);
    this.#length--;
    if (entries.size > 0) this.#people.set(person, entries);
    return entry;
  }
}
