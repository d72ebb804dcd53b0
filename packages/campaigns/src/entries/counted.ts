// What statistics count of entries: each value is told once, when it is first drawn.
import type { ChunkValue } from '../chunks/chunk-writer.ts';
import { repairText } from './repair.ts';

export interface Counted {
  readonly value: ChunkValue;
  isTold: boolean;
}

/** Finds the one `Counted` of a value, by any spelling that it is repaired from. */
export type Count = (kind: ChunkValue['kind'], value: string) => Counted;

export function createCount(): Count {
  const known = new Map<string, Counted>();
  return (kind, value) => {
    const repaired = repairText(value);
    const key = `${kind} ${repaired}`;
    // What is empty counts as none (contracts 2.2/8).
    const counted = known.get(key) ?? { value: { kind, value: repaired }, isTold: repaired === '' };
    known.set(key, counted);
    return counted;
  };
}
