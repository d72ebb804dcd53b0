// The patterns with wildcards, as a tree of their segments: a message walks along its own segments only.

interface Branch<Subscriber> {
  readonly literals: Map<string, Branch<Subscriber>>;
  /** Below a `*`. */
  any: Branch<Subscriber> | null;
  /** Of the pattern that ends here. */
  readonly here: Set<Subscriber>;
  /** Of the pattern that ends here with `**`. */
  readonly below: Set<Subscriber>;
}

export class PatternTree<Subscriber> {
  readonly #root = createBranch<Subscriber>();
  #size = 0;

  /** Subscriptions in it. */
  get size(): number {
    return this.#size;
  }

  /** False when it was there already. */
  add(pattern: string, subscriber: Subscriber): boolean {
    const { segments, isOpen } = split(pattern);
    let branch = this.#root;
    for (const segment of segments) branch = descend(branch, segment);
    const set = isOpen ? branch.below : branch.here;
    if (set.has(subscriber)) return false;
    set.add(subscriber);
    this.#size++;
    return true;
  }

  /** Leaves no empty branch behind. False when it was not there. */
  remove(pattern: string, subscriber: Subscriber): boolean {
    const { segments, isOpen } = split(pattern);
    const path = [this.#root];
    for (const segment of segments) {
      const next = findNext(path.at(-1) as Branch<Subscriber>, segment);
      if (next === null) return false;
      path.push(next);
    }
    const last = path.at(-1) as Branch<Subscriber>;
    if (!(isOpen ? last.below : last.here).delete(subscriber)) return false;
    this.#size--;
    prune(path, segments);
    return true;
  }

  /** Adds the subscribers of each matching pattern to `found`, one set a pattern. */
  match(topic: string, found: Set<Subscriber>[]): void {
    if (this.#size > 0) walk(this.#root, topic.split('.'), 0, found);
  }
}

function createBranch<Subscriber>(): Branch<Subscriber> {
  return { literals: new Map(), any: null, here: new Set(), below: new Set() };
}

function split(pattern: string): { readonly segments: readonly string[]; readonly isOpen: boolean } {
  const segments = pattern.split('.');
  const isOpen = segments.at(-1) === '**';
  if (isOpen) segments.pop();
  return { segments, isOpen };
}

function findNext<Subscriber>(branch: Branch<Subscriber>, segment: string): Branch<Subscriber> | null {
  return segment === '*' ? branch.any : (branch.literals.get(segment) ?? null);
}

function descend<Subscriber>(branch: Branch<Subscriber>, segment: string): Branch<Subscriber> {
  const known = findNext(branch, segment);
  if (known !== null) return known;
  const added = createBranch<Subscriber>();
  if (segment === '*') branch.any = added;
  else branch.literals.set(segment, added);
  return added;
}

function prune<Subscriber>(path: readonly Branch<Subscriber>[], segments: readonly string[]): void {
  for (let depth = segments.length; depth > 0 && isEmpty(path[depth] as Branch<Subscriber>); depth--) {
    const parent = path[depth - 1] as Branch<Subscriber>;
    const segment = segments[depth - 1] as string;
    if (segment === '*') parent.any = null;
    else parent.literals.delete(segment);
  }
}

function isEmpty({ literals, any, here, below }: Branch<unknown>): boolean {
  return literals.size === 0 && any === null && here.size === 0 && below.size === 0;
}

function walk<Subscriber>(
  branch: Branch<Subscriber>,
  segments: readonly string[],
  depth: number,
  found: Set<Subscriber>[],
): void {
  if (depth === segments.length) {
    if (branch.here.size > 0) found.push(branch.here);
    return;
  }
  if (branch.below.size > 0) found.push(branch.below);
  const literal = branch.literals.get(segments[depth] as string);
  if (literal !== undefined) walk(literal, segments, depth + 1, found);
  if (branch.any !== null) walk(branch.any, segments, depth + 1, found);
}
