// Identifiers for advertising: eight digits and three times four, of a user, of a session or of an impression.
import { mix, type SlotRandom } from './random.ts';
import { toBytes } from './sheet.ts';

const MAX_REMEMBERED = 10_000;
const SESSION = -1;

export class Adids {
  readonly #seed: number;
  readonly #known = new Map<number, Uint8Array>();

  /** `owner` tells the profiles of a plan apart. */
  constructor(seed: number, owner: string) {
    this.#seed = mix(seed ^ hashText(owner));
  }

  /** As JSON. */
  ofUser(user: number): Uint8Array {
    const known = this.#known.get(user);
    if (known !== undefined) return known;
    const adid = toAdid(mix(this.#seed ^ mix(user + 1)) >>> 0);
    if (this.#known.size < MAX_REMEMBERED) this.#known.set(user, adid);
    return adid;
  }

  ofSession(): Uint8Array {
    return this.ofUser(SESSION);
  }

  ofImpression(random: SlotRandom): Uint8Array {
    return toAdid(random.next());
  }
}

function toAdid(draw: number): Uint8Array {
  const second = mix(draw ^ 0x5bd1e995) >>> 0;
  const third = mix(second) >>> 0;
  const parts = [digits(draw, 8), digits(second, 4), digits(third, 4), digits(third >>> 16, 4)];
  return toBytes(`"${parts.join('-')}"`);
}

function digits(number: number, width: number): string {
  const limit = 10 ** width;
  return String(limit + (number % limit)).slice(1);
}

function hashText(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash, 31) + text.charCodeAt(index);
  return mix(hash);
}
