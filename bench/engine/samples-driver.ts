/**
 * An hour's worth of samples, as fast as they go, along the way that they take in a run: counted by a thread, handed over
 * twice a second, merged. Usage: RATE. It prints {samples, seconds, grownBytes}: the memory after the hour above that
 * after its first minute. Needs --expose-gc.
 */
import { Histogram } from '@trafficflux/load-engine';
import { type LatencyModel, latencyOf } from '../accuracy/latency.ts';

const [LOOKS_PER_SECOND, MINUTE, HOUR] = [2, 60, 3600];
const ratePerSecond = Number(process.argv[2] ?? '20000');
const model: LatencyModel = { kind: 'log-normal', medianMs: 8, sigma: 0.67, seed: 7 };
const times = Float64Array.from({ length: 65_536 }, (_, n) => latencyOf(model, n));
const [ofThread, ofRun] = [new Histogram(), new Histogram()];
const startedAt = performance.now();
let [next, afterMinute] = [0, 0];
for (let look = 1; look <= HOUR * LOOKS_PER_SECOND; look += 1) {
  for (let left = ratePerSecond / LOOKS_PER_SECOND; left > 0; left -= 1) {
    ofThread.record(times[next & 65_535] ?? 0);
    next += 1;
  }
  ofRun.mergeBuffer(ofThread.toBuffer());
  ofThread.clear();
  if (look === MINUTE * LOOKS_PER_SECOND) afterMinute = readBytes();
}
const seconds = (performance.now() - startedAt) / 1000;
console.log(JSON.stringify({ samples: ofRun.count, seconds, grownBytes: readBytes() - afterMinute }));

function readBytes(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
