// Entries of a plan, as their readers see them.
import { createEntryGenerator, type EntryGenerator, type RunPlan, Sheet } from '../src/index.ts';
import { toPlan } from './campaigns.ts';

// biome-ignore lint/suspicious/noExplicitAny: entries of any shape, read field by field
export type Entry = any;

export const BEGIN = Date.UTC(2026, 10, 28, 12);

/** `count` simulated entries from sequence `from` on, one every 10 ms. */
export function makeEntries(plan: Partial<RunPlan>, count: number, from = 1): Entry[] {
  return [...renderEntries(createEntryGenerator(toPlan('session_1', plan)), count, from)];
}

export function* renderEntries(generator: EntryGenerator, count: number, from = 1): Generator<Entry> {
  const sheet = new Sheet();
  for (let sequence = from; sequence < from + count; sequence++) {
    sheet.clear();
    const outcome = generator.simulate(sequence - 1);
    generator.write(sheet, toPlace(sequence), outcome);
    yield JSON.parse(sheet.toText());
  }
}

export function toPlace(sequence: number) {
  const completedAt = BEGIN + sequence * 10;
  return { slot: sequence - 1, sequence, startedAt: completedAt - 100, completedAt };
}

/** A profile that asks for nothing in particular. */
export const PROFILE: RunPlan['profiles'][number] = {
  id: 'p1',
  users: 1,
  interests: [],
  countries: [],
  deviceBrand: null,
  deviceModels: [],
  operatingSystem: null,
  adFormats: [],
  appCategories: [],
  adidPersistence: 'per_user',
  referrers: {},
};
