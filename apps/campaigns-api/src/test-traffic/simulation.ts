// Plays requests of a test campaign one after the other, each for as long as its latency says, up to a limit for all.
import { setTimeout as wait } from 'node:timers/promises';
import { createEntryGenerator, type JsonObject, type RunPlan } from '@trafficflux/campaigns';

/** What people wait for at most; the rest of the latencies is said and not waited for. */
const MAX_WAITING_MS = 2000;

/** An entry of contracts 2.4, as far as tests read it. */
export interface TestEntry {
  readonly [key: string]: JsonObject[string];
  readonly timestamp: string;
  readonly success: boolean;
  readonly status_code: number;
  /** Milliseconds. */
  readonly response_time: number;
  readonly response_size: number;
  readonly bid_id: string | null;
  readonly win_price: number | null;
  readonly currency: string | null;
  readonly user_profile_id: string;
  readonly geo_location: string;
  readonly device_brand: string;
  readonly device_model: string;
  readonly rtb_data: JsonObject;
}

export interface Played {
  readonly entry: TestEntry;
  /** What making the entry took, and how long the request lasted, in milliseconds. */
  readonly generationMs: number;
  readonly simulationMs: number;
}

export function makeEntry(plan: RunPlan): TestEntry {
  return play(plan)(0, Date.now()).entry;
}

/** Plays `count` requests. */
export async function simulate(plan: RunPlan, count: number): Promise<Played[]> {
  const next = play(plan);
  const played: Played[] = [];
  let waitingMs = MAX_WAITING_MS;
  for (let slot = 0; slot < count; slot++) {
    const { entry, generationMs } = next(slot, Date.now());
    const begin = performance.now();
    const latencyMs = Math.min(waitingMs, entry.response_time);
    waitingMs -= latencyMs;
    if (latencyMs > 0) await wait(latencyMs);
    played.push({ entry, generationMs, simulationMs: performance.now() - begin });
  }
  return played;
}

function play(plan: RunPlan) {
  const generator = createEntryGenerator(plan);
  return (slot: number, startedAt: number) => {
    const begin = performance.now();
    const outcome = generator.simulate(slot);
    const completedAt = startedAt + Math.round(outcome.responseTimeUs / 1000);
    const entry: TestEntry = JSON.parse(
      generator.render({ slot, sequence: slot + 1, startedAt, completedAt }, outcome),
    );
    return { entry, generationMs: performance.now() - begin };
  };
}
