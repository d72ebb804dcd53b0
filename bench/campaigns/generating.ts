/** Entries made per second of one core, beside JSON.stringify of objects that are there already. */
import { createEntryGenerator, Sheet } from '@trafficflux/campaigns';
import { ENTRIES_PER_CHUNK, toPlace } from './chunks.ts';
import { toPlan } from './platform.ts';

export interface Generated {
  readonly oursPerSecond: number;
  readonly stringifyPerSecond: number;
  readonly bytesEach: number;
}

const plan = { ...toPlan('session_1', 1), latencyMs: [50, 500] as const };

/** Both make the bytes of `count` entries, in sheets of a chunk. */
export function measureGenerating(count: number): Generated {
  const generator = createEntryGenerator(plan);
  const sheet = new Sheet();
  const sample = JSON.parse(generator.render(toPlace(1), generator.simulate(0)));
  let bytes = 0;
  const oursPerSecond = measure(count, (sequence) => {
    if (sequence % ENTRIES_PER_CHUNK === 0) {
      bytes += sheet.length;
      sheet.clear();
    }
    generator.write(sheet, toPlace(sequence), generator.simulate(sequence - 1));
  });
  bytes += sheet.length;
  sheet.clear();
  const stringifyPerSecond = measure(count, (sequence) => {
    if (sequence % ENTRIES_PER_CHUNK === 0) sheet.clear();
    sample.sequence = sequence;
    sheet.putText(JSON.stringify(sample));
  });
  return { oursPerSecond, stringifyPerSecond, bytesEach: bytes / count };
}

/** By the time that the core was ours: others may take it meanwhile. */
function measure(count: number, make: (sequence: number) => void): number {
  const before = process.cpuUsage();
  for (let sequence = 1; sequence <= count; sequence++) make(sequence);
  const { user, system } = process.cpuUsage(before);
  return count / ((user + system) / 1e6);
}
