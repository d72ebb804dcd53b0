// Identifiers for advertising: eight digits and three times four, of a user, of a session or of an impression.
import type { PlannedProfile } from '../plan.ts';
import { mix, type SlotRandom } from './random.ts';
import { writeDigits } from './sheet.ts';

const SESSION = -1;
/** `"12345678-1234-1234-1234"`, with its quotes. */
const LENGTH = 25;
const [QUOTE, DASH] = [34, 45];

export class Adids {
  readonly #seed: number;
  readonly #persistence: PlannedProfile['adidPersistence'];
  readonly #users: number;
  readonly #bytes = new Uint8Array(LENGTH).fill(DASH);

  constructor({ id, users, adidPersistence }: PlannedProfile, seed: number) {
    this.#seed = mix(seed ^ hashText(id));
    this.#persistence = adidPersistence;
    this.#users = Math.max(1, users);
    this.#bytes[0] = QUOTE;
    this.#bytes[LENGTH - 1] = QUOTE;
  }

  /** Draws one, as JSON: bytes that are right until the next draw. */
  draw(random: SlotRandom): Uint8Array {
    const user = random.below(this.#users);
    if (this.#persistence === 'per_impression') return this.#write(random.next());
    const owner = this.#persistence === 'per_session' ? SESSION : user;
    return this.#write(mix(this.#seed ^ mix(owner + 1)) >>> 0);
  }

  #write(draw: number): Uint8Array {
    const second = mix(draw ^ 0x5bd1e995) >>> 0;
    const third = mix(second) >>> 0;
    writeDigits(this.#bytes, 1, draw % 100_000_000, 8);
    writeDigits(this.#bytes, 10, second % 10_000, 4);
    writeDigits(this.#bytes, 15, third % 10_000, 4);
    writeDigits(this.#bytes, 20, (third >>> 16) % 10_000, 4);
    return this.#bytes;
  }
}

function hashText(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash, 31) + text.charCodeAt(index);
  return mix(hash);
}
