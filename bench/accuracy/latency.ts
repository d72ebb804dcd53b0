/** What a server with a known latency does: how long it holds its nth request, and when it stands still. */

export type LatencyModel =
  | { readonly kind: 'constant'; readonly ms: number }
  | {
      readonly kind: 'bimodal';
      readonly fastMs: number;
      readonly slowMs: number;
      /** Of slow ones, 0–1. */
      readonly slowShare: number;
      readonly seed: number;
    }
  /** Its logarithm is normal, with the standard deviation `sigma` around that of the median. */
  | { readonly kind: 'log-normal'; readonly medianMs: number; readonly sigma: number; readonly seed: number };

/** From `afterMs` after the first arrival on, nothing is answered for so long, and then all at once. */
export interface Stall {
  readonly afterMs: number;
  readonly durationMs: number;
}

export interface Behaviour {
  readonly latency: LatencyModel;
  readonly stall: Stall | null;
}

/** Of the request with the number n (from 0), whatever the load and whoever asks. */
export function latencyOf(model: LatencyModel, n: number): number {
  switch (model.kind) {
    case 'constant':
      return model.ms;
    case 'bimodal':
      return draw(model.seed, n) < model.slowShare ? model.slowMs : model.fastMs;
    case 'log-normal':
      return model.medianMs * Math.exp(model.sigma * drawNormal(model.seed, n));
  }
}

export function meanLatencyMs(model: LatencyModel): number {
  switch (model.kind) {
    case 'constant':
      return model.ms;
    case 'bimodal':
      return model.slowMs * model.slowShare + model.fastMs * (1 - model.slowShare);
    case 'log-normal':
      return model.medianMs * Math.exp(model.sigma ** 2 / 2);
  }
}

/** When a request is answered, where the first of all arrived at `firstMs`: what falls due in a stall waits for its end. */
export function answerTimeOf(
  { latency, stall }: Behaviour,
  firstMs: number,
  arrivedMs: number,
  n: number,
): number {
  const dueMs = arrivedMs + latencyOf(latency, n);
  if (stall === null) return dueMs;
  const stallMs = firstMs + stall.afterMs;
  const endMs = stallMs + stall.durationMs;
  return dueMs >= stallMs && dueMs < endMs ? endMs : dueMs;
}

/** The transform of Box and Muller: two even draws make a normal one. */
function drawNormal(seed: number, n: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - draw(seed, 2 * n)));
  return radius * Math.cos(2 * Math.PI * draw(seed, 2 * n + 1));
}

/** From 0 to below 1, by number instead of one after the other: a counter whose bits are mixed (as SplitMix does). */
function draw(seed: number, n: number): number {
  let bits = (seed + Math.imul(n + 1, 0x9e3779b9)) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
}
