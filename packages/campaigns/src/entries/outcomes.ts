// What came of a request: drawn where it is simulated, and as the part of the entry that says so.
import type { RunPlan } from '../plan.ts';
import type { Outcome } from './entry-generator.ts';
import type { SlotRandom } from './random.ts';
import { quote } from './repair.ts';
import { type Sheet, toBytes } from './sheet.ts';

const FAILURES = [400, 403, 404, 500];

const SUCCESS = toBytes('true,"response_time":');
const FAILURE = toBytes('false,"response_time":');
const NO_BID = toBytes(',"bid_id":null,"win_price":null,"currency":null');
const BID_ID = toBytes(',"bid_id":"bid-');
const WIN_PRICE = toBytes('","win_price":');
const NO_PRICE = toBytes('","win_price":null,"currency":null');

export function drawOutcome({ latencyMs, successRate }: RunPlan, random: SlotRandom): Outcome {
  const [least, most] = latencyMs;
  const success = random.share() < successRate;
  const statusCode = success ? 200 : random.choose(FAILURES);
  return {
    success,
    statusCode,
    // Hundredths of a millisecond, as the entry shows them: a recount adds up to the very same.
    responseTimeUs: Math.round((least + random.share() * (most - least)) * 100) * 10,
    responseSize: 500 + random.below(1501),
    error: success ? null : `The simulated request was answered with status ${statusCode}.`,
  };
}

export class OutcomeWriter {
  readonly #isLive: boolean;
  readonly #currency: Uint8Array;
  /** From `status_code` to `"response_size":`, by status. */
  readonly #statuses = new Map<number, Uint8Array>();

  constructor({ delivery }: RunPlan, currency: string) {
    this.#isLive = delivery === 'live';
    this.#currency = toBytes(`,"currency":${quote(currency)}`);
  }

  write(sheet: Sheet, outcome: Outcome, random: SlotRandom): void {
    const { success, statusCode, responseTimeUs, responseSize, error } = outcome;
    sheet.put(success ? SUCCESS : FAILURE);
    sheet.putDecimal(responseTimeUs, 3);
    sheet.put(this.#findStatus(statusCode));
    sheet.putNumber(responseSize);
    // A real target bids nothing: only what was simulated has a bid.
    if (this.#isLive) sheet.put(NO_BID);
    else this.#writeBid(sheet, success, random);
    if (error !== null) sheet.putText(`,"error":${quote(error)}`);
  }

  #writeBid(sheet: Sheet, success: boolean, random: SlotRandom): void {
    const bid = 1_000_000 + random.below(9_000_000);
    const cents = 10 + random.below(491);
    sheet.put(BID_ID);
    sheet.putNumber(bid);
    sheet.put(success ? WIN_PRICE : NO_PRICE);
    if (!success) return;
    sheet.putDecimal(cents, 2);
    sheet.put(this.#currency);
  }

  #findStatus(statusCode: number): Uint8Array {
    const known = this.#statuses.get(statusCode);
    if (known !== undefined) return known;
    const status = toBytes(`,"status_code":${statusCode},"response_size":`);
    this.#statuses.set(statusCode, status);
    return status;
  }
}
