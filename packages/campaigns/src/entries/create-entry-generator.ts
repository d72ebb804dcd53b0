// The fastest path of the worker: an entry is put together from bytes that were made once for the plan, and the few that are new.
import type { ChunkValue } from '../chunks/chunk-writer.ts';
import type { RunPlan } from '../plan.ts';
import { readAuction, readText } from './bid-request.ts';
import type { EntryGenerator, EntryPlace, Outcome } from './entry-generator.ts';
import { renderHead } from './entry-head.ts';
import { IsoTime } from './iso-time.ts';
import {
  type AdChoice,
  type Counted,
  createCount,
  DEFAULT_PROFILE,
  type PlaceChoice,
  type ProfileChoices,
  toPlace,
  toProfileChoices,
} from './profile-choices.ts';
import { SlotRandom } from './random.ts';
import { quote } from './repair.ts';
import { Sheet, toBytes } from './sheet.ts';
import { toUniqueId } from './unique-ids.ts';

/** RFC 5737: addresses for examples, which belong to nobody. */
const NETWORKS = ['192.0.2.', '198.51.100.', '203.0.113.'].map(toBytes);
const FAILURES = [400, 403, 404, 500];
/** Draws for the outcome, for the content and for the timing of a slot do not depend on each other. */
const [OUTCOME, CONTENT, TIMING] = [0, 1, 2];
const JITTER = 0.2;
const NONE: readonly ChunkValue[] = [];

/** The texts between what is drawn. */
const ID = toBytes('{"id":"');
const SEQUENCE = toBytes('","sequence":');
const SLOT = toBytes(',"slot":');
const TIMESTAMP = toBytes(',"timestamp":"');
const STARTED_AT = toBytes('Z","started_at":"');
const SUCCESS = toBytes('true,"response_time":');
const FAILURE = toBytes('false,"response_time":');
const POINT = toBytes('.');
const STATUS_CODE = toBytes(',"status_code":');
const RESPONSE_SIZE = toBytes(',"response_size":');
const NO_BID = toBytes(',"bid_id":null,"win_price":null,"currency":null');
const BID_ID = toBytes(',"bid_id":"bid-');
const WIN_PRICE = toBytes('","win_price":');
const NO_PRICE = toBytes('","win_price":null,"currency":null');
const GEO_LOCATION = toBytes(',"geo_location":');
const COMMA = toBytes(',');
const NULL = toBytes('null');
const LIMITED = toBytes('","lmt":1');
const IFA = toBytes('","ifa":');
const ANY_USER = toBytes('"user123"');
const END = toBytes('}}');

/** @throws {TypeError} when the plan's part of an entry exceeds 16 KiB */
export function createEntryGenerator(plan: RunPlan): EntryGenerator {
  return new Generator(plan);
}

class Generator implements EntryGenerator {
  readonly #plan: RunPlan;
  readonly #isLive: boolean;
  readonly #random: SlotRandom;
  readonly #head: Uint8Array;
  /** The campaign's, in ids. */
  readonly #number: Uint8Array;
  readonly #profiles: readonly ProfileChoices[];
  /** The sum of the users up to each profile. */
  readonly #weights: readonly number[];
  readonly #places: readonly PlaceChoice[];
  readonly #auction: Uint8Array;
  readonly #currency: Uint8Array;
  readonly #fixedIp: Uint8Array | null;
  readonly #fixedUser: Uint8Array | null;
  readonly #generatesAdid: boolean;
  readonly #started = new IsoTime();
  readonly #completed = new IsoTime();
  #newValues: ChunkValue[] = [];

  constructor(plan: RunPlan) {
    const { rtbConfig } = plan;
    const count = createCount();
    const profiles = plan.profiles.length === 0 ? [DEFAULT_PROFILE] : plan.profiles;
    const places = plan.geoLocations.length === 0 ? ['United States'] : plan.geoLocations;
    const { at, tmax, currencies } = readAuction(plan);
    let users = 0;
    this.#plan = plan;
    this.#isLive = plan.delivery === 'live';
    this.#random = new SlotRandom(plan.seed);
    this.#head = toBytes(renderHead(plan));
    this.#number = toBytes(`-${plan.campaignNumber}-`);
    this.#profiles = profiles.map((profile) => toProfileChoices(profile, plan, count));
    this.#weights = profiles.map((profile) => (users += profile.users));
    this.#places = places.map((place) => toPlace(place, count));
    this.#auction = toBytes(`},"at":${at},"tmax":${tmax},"cur":${JSON.stringify(currencies)},"test":1,`);
    this.#currency = toBytes(`,"currency":${quote(currencies[0] ?? 'USD')}`);
    const [ip, user] = [readText(rtbConfig.ip, ''), readText(rtbConfig.user_id, '')];
    this.#fixedIp = ip === '' ? null : toBytes(quote(ip).slice(1, -1));
    this.#fixedUser = user === '' ? null : toBytes(quote(user));
    this.#generatesAdid = rtbConfig.generate_adid !== false;
  }

  jitter(slot: number): number {
    if (!this.#plan.randomizeTiming) return 0;
    this.#random.begin(slot, TIMING);
    return (this.#random.share() * 2 - 1) * JITTER;
  }

  simulate(slot: number): Outcome {
    const random = this.#random;
    random.begin(slot, OUTCOME);
    const [least, most] = this.#plan.latencyMs;
    const success = random.share() < this.#plan.successRate;
    const statusCode = success ? 200 : (FAILURES[random.below(FAILURES.length)] ?? 500);
    return {
      success,
      statusCode,
      // Hundredths of a millisecond, as the entry shows them: a recount adds up to the very same.
      responseTimeUs: Math.round((least + random.share() * (most - least)) * 100) * 10,
      responseSize: 500 + random.below(1501),
      error: success ? null : `The simulated request was answered with status ${statusCode}.`,
    };
  }

  render(place: EntryPlace, outcome: Outcome): string {
    const sheet = new Sheet();
    this.write(sheet, place, outcome);
    return sheet.toText();
  }

  write(sheet: Sheet, { slot, sequence, startedAt, completedAt }: EntryPlace, outcome: Outcome): void {
    const random = this.#random;
    random.begin(slot, CONTENT);
    const profile = this.#chooseProfile();
    const location = choose(this.#places, random);
    const interest = choose(profile.interests, random);
    const country = profile.countries.length === 0 ? location : choose(profile.countries, random);
    const ad = choose(choose(choose(profile.ads, random), random), random);
    const adid = this.#drawAdid(profile);
    this.#tell(location, ad);
    sheet.put(ID);
    sheet.putNumber(completedAt);
    sheet.put(this.#number);
    sheet.putNumber(sequence);
    sheet.put(SEQUENCE);
    sheet.putNumber(sequence);
    sheet.put(SLOT);
    sheet.putNumber(slot);
    sheet.put(TIMESTAMP);
    this.#completed.put(sheet, completedAt);
    sheet.put(STARTED_AT);
    this.#started.put(sheet, startedAt);
    sheet.put(this.#head);
    sheet.put(profile.json);
    sheet.put(interest.json);
    sheet.put(country.json);
    sheet.put(choose(interest.referrers, random));
    sheet.put(profile.user);
    this.#writeOutcome(sheet, outcome);
    sheet.put(GEO_LOCATION);
    sheet.put(location.json);
    sheet.put(COMMA);
    sheet.put(ad.flat);
    sheet.put(adid ?? NULL);
    sheet.put(ad.agent);
    sheet.putDigits(toUniqueId(sequence, this.#plan.seed), 10);
    sheet.put(ad.request);
    this.#writeAddress(sheet);
    sheet.put(adid === null ? LIMITED : IFA);
    if (adid !== null) sheet.put(adid);
    sheet.put(country.geo);
    sheet.put(this.#fixedUser ?? adid ?? ANY_USER);
    sheet.put(this.#auction);
    sheet.put(ad.flat);
    sheet.put(adid ?? NULL);
    sheet.put(END);
  }

  takeNewValues(): readonly ChunkValue[] {
    if (this.#newValues.length === 0) return NONE;
    const values = this.#newValues;
    this.#newValues = [];
    return values;
  }

  /** A real target bids nothing: only what was simulated has a bid. */
  #writeOutcome(sheet: Sheet, outcome: Outcome): void {
    const { success, statusCode, responseTimeUs, responseSize, error } = outcome;
    const ms = Math.floor(responseTimeUs / 1000);
    sheet.put(success ? SUCCESS : FAILURE);
    sheet.putNumber(ms);
    sheet.put(POINT);
    sheet.putDigits(responseTimeUs - ms * 1000, 3);
    sheet.put(STATUS_CODE);
    sheet.putNumber(statusCode);
    sheet.put(RESPONSE_SIZE);
    sheet.putNumber(responseSize);
    if (this.#isLive) sheet.put(NO_BID);
    else this.#writeBid(sheet, success);
    if (error !== null) sheet.putText(`,"error":${quote(error)}`);
  }

  #writeBid(sheet: Sheet, success: boolean): void {
    const random = this.#random;
    const bid = 1_000_000 + random.below(9_000_000);
    const cents = 10 + random.below(491);
    sheet.put(BID_ID);
    sheet.putNumber(bid);
    sheet.put(success ? WIN_PRICE : NO_PRICE);
    if (!success) return;
    const whole = Math.floor(cents / 100);
    sheet.putNumber(whole);
    sheet.put(POINT);
    sheet.putDigits(cents - whole * 100, 2);
    sheet.put(this.#currency);
  }

  #writeAddress(sheet: Sheet): void {
    if (this.#fixedIp !== null) {
      sheet.put(this.#fixedIp);
      return;
    }
    sheet.put(choose(NETWORKS, this.#random));
    sheet.putNumber(1 + this.#random.below(254));
  }

  #chooseProfile(): ProfileChoices {
    const profiles = this.#profiles;
    const weights = this.#weights;
    const total = weights[weights.length - 1] ?? 0;
    let chosen = 0;
    if (profiles.length > 1 && total > 0) {
      const drawn = this.#random.below(total);
      while (drawn >= (weights[chosen] ?? total)) chosen++;
    }
    return profiles[chosen] as ProfileChoices;
  }

  #drawAdid({ adids, adidPersistence, users }: ProfileChoices): Uint8Array | null {
    const random = this.#random;
    const user = random.below(users);
    if (!this.#generatesAdid) return null;
    if (adidPersistence === 'per_user') return adids.ofUser(user);
    return adidPersistence === 'per_session' ? adids.ofSession() : adids.ofImpression(random);
  }

  #tell({ counted }: PlaceChoice, ad: AdChoice): void {
    this.#tellOne(counted);
    for (const each of ad.counted) this.#tellOne(each);
  }

  #tellOne(counted: Counted): void {
    if (counted.isTold) return;
    counted.isTold = true;
    this.#newValues.push(counted.value);
  }
}

function choose<Value>(values: readonly Value[], random: SlotRandom): Value {
  return values[values.length === 1 ? 0 : random.below(values.length)] as Value;
}
