// The fastest path of the worker: an entry is put together from bytes that were made once for the plan, and the few that are new.
import type { ChunkValue } from '../chunks/chunk-writer.ts';
import { DEFAULT_PROFILE, type RunPlan } from '../plan.ts';
import { type Ad, AdMemory } from './ad-choices.ts';
import { readAuction, readText, renderAddress } from './bid-request.ts';
import { type Counted, createCount } from './counted.ts';
import type { EntryGenerator, EntryPlace, Outcome } from './entry-generator.ts';
import { renderHead } from './entry-head.ts';
import { firstFilled } from './lists.ts';
import { Moments, toIsoSecond } from './moments.ts';
import { drawOutcome, OutcomeWriter } from './outcomes.ts';
import { type PlaceChoice, type ProfileChoices, toPlace, toProfileChoices, USER } from './profile-choices.ts';
import { SlotRandom } from './random.ts';
import { quote } from './repair.ts';
import { Sheet, toBytes } from './sheet.ts';
import { ID_DIGITS, toUniqueId } from './unique-ids.ts';

/** RFC 5737: addresses for examples, which belong to nobody. */
const NETWORKS = ['192.0.2.', '198.51.100.', '203.0.113.'].map((network) => toBytes(`"ip":"${network}`));
/** Draws for the outcome, for the content and for the timing of a slot do not depend on each other. */
const [OUTCOME, CONTENT, TIMING] = [0, 1, 2];
const JITTER = 0.2;
const NONE: readonly ChunkValue[] = [];

/** The texts between what is drawn. */
const SEQUENCE = toBytes('","sequence":');
const SLOT = toBytes(',"slot":');
const NULL = toBytes('null');
const LIMITED = toBytes(',"lmt":1');
const IFA = toBytes(',"ifa":');
const QUOTE = toBytes('"');
const ANY_USER = toBytes('"user123"');
const END_OF_REQUEST = toBytes('},"rtb_id":"');
const RTB_USER = toBytes(',"rtb_user":{"id":');

/** @throws {TypeError} when the plan's part of an entry exceeds 16 KiB */
export function createEntryGenerator(plan: RunPlan): EntryGenerator {
  return new Generator(plan);
}

class Generator implements EntryGenerator {
  readonly #plan: RunPlan;
  readonly #random: SlotRandom;
  readonly #ids = new Moments((second) => `{"id":"${second}`);
  readonly #completed = new Moments((second) => `,"timestamp":"${toIsoSecond(second)}`);
  readonly #started = new Moments((second) => `Z","started_at":"${toIsoSecond(second)}`);
  readonly #head: Uint8Array;
  /** The campaign's, in ids. */
  readonly #number: Uint8Array;
  readonly #profiles: readonly ProfileChoices[];
  /** The sum of the users up to each profile. */
  readonly #weights: readonly number[];
  readonly #places: readonly PlaceChoice[];
  readonly #outcomes: OutcomeWriter;
  readonly #auction: Uint8Array;
  /** The copy of the auction beside the request, and the end of the entry. */
  readonly #auctionCopy: Uint8Array;
  readonly #address: Uint8Array | null;
  readonly #user: Uint8Array | null;
  readonly #generatesAdid: boolean;
  #newValues: ChunkValue[] = [];

  constructor(plan: RunPlan) {
    const { rtbConfig } = plan;
    const [count, memory] = [createCount(), new AdMemory()];
    const profiles = firstFilled(plan.profiles, [DEFAULT_PROFILE]);
    const places = firstFilled(plan.geoLocations, ['United States']);
    const { at, tmax, currencies } = readAuction(plan);
    const cur = JSON.stringify(currencies);
    const [address, user] = [renderAddress(rtbConfig), readText(rtbConfig.user_id, '')];
    let users = 0;
    this.#plan = plan;
    this.#random = new SlotRandom(plan.seed);
    this.#head = toBytes(renderHead(plan));
    this.#number = toBytes(`-${plan.campaignNumber}-`);
    this.#profiles = profiles.map((profile) => toProfileChoices(profile, plan, memory, count));
    this.#weights = profiles.map((profile) => (users += profile.users));
    this.#places = places.map((place) => toPlace(place, count));
    this.#outcomes = new OutcomeWriter(plan, currencies[0] ?? '');
    this.#auction = toBytes(`},"at":${at},"tmax":${tmax},"cur":${cur},"test":1,`);
    this.#auctionCopy = toBytes(`},"rtb_auction_type":${at},"rtb_timeout":${tmax},"rtb_currency":${cur}}`);
    this.#address = address === null ? null : toBytes(address);
    this.#user = user === '' ? null : toBytes(quote(user));
    this.#generatesAdid = rtbConfig.generate_adid !== false;
  }

  jitter(slot: number): number {
    if (!this.#plan.randomizeTiming) return 0;
    this.#random.begin(slot, TIMING);
    return (this.#random.share() * 2 - 1) * JITTER;
  }

  simulate(slot: number): Outcome {
    this.#random.begin(slot, OUTCOME);
    return drawOutcome(this.#plan, this.#random);
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
    const location = random.choose(this.#places);
    const interest = random.choose(profile.interests);
    const country = profile.countries.length === 0 ? location : random.choose(profile.countries);
    const ad = profile.ads.draw(random);
    const adid = this.#generatesAdid ? profile.adids.draw(random) : null;
    this.#tell(location, ad);
    this.#ids.put(sheet, completedAt);
    sheet.put(this.#number);
    sheet.putNumber(sequence);
    sheet.put(SEQUENCE);
    sheet.putNumber(sequence);
    sheet.put(SLOT);
    sheet.putNumber(slot);
    this.#completed.put(sheet, completedAt);
    this.#started.put(sheet, startedAt);
    sheet.put(this.#head);
    sheet.put(interest.json);
    sheet.put(country.json);
    sheet.put(random.choose(interest.referrers));
    sheet.put(profile.user);
    this.#outcomes.write(sheet, outcome, random);
    sheet.put(location.location);
    sheet.put(ad.flat);
    sheet.put(adid ?? NULL);
    sheet.put(ad.agent);
    this.#writeRequest(sheet, toUniqueId(sequence, this.#plan.campaignNumber), ad, adid, country);
  }

  takeNewValues(): readonly ChunkValue[] {
    if (this.#newValues.length === 0) return NONE;
    const values = this.#newValues;
    this.#newValues = [];
    return values;
  }

  /** The bid request, and beside it the copies that the reference keeps of its parts. */
  #writeRequest(sheet: Sheet, id: number, ad: Ad, adid: Uint8Array | null, country: PlaceChoice): void {
    const user = this.#user ?? adid ?? ANY_USER;
    sheet.putDigits(id, ID_DIGITS);
    const deviceAt = sheet.length + ad.deviceAt;
    sheet.put(ad.request);
    this.#writeAddress(sheet);
    sheet.put(adid === null ? LIMITED : IFA);
    if (adid !== null) sheet.put(adid);
    sheet.put(country.geo);
    const deviceEnd = sheet.length - USER.length;
    sheet.put(user);
    sheet.put(this.#auction);
    sheet.put(ad.flat);
    sheet.put(adid ?? NULL);
    sheet.put(END_OF_REQUEST);
    sheet.putDigits(id, ID_DIGITS);
    sheet.put(ad.copies);
    sheet.putAgain(deviceAt, deviceEnd);
    sheet.put(RTB_USER);
    sheet.put(user);
    sheet.put(this.#auctionCopy);
  }

  #writeAddress(sheet: Sheet): void {
    if (this.#address !== null) {
      sheet.put(this.#address);
      return;
    }
    sheet.put(this.#random.choose(NETWORKS));
    sheet.putNumber(1 + this.#random.below(254));
    sheet.put(QUOTE);
  }

  #chooseProfile(): ProfileChoices {
    const [profiles, weights] = [this.#profiles, this.#weights];
    const total = weights[weights.length - 1] ?? 0;
    let chosen = 0;
    if (profiles.length > 1 && total > 0) {
      const drawn = this.#random.below(total);
      while (drawn >= (weights[chosen] ?? total)) chosen++;
    }
    return profiles[chosen] as ProfileChoices;
  }

  #tell({ counted }: PlaceChoice, ad: Ad): void {
    this.#tellOne(counted);
    for (const each of ad.counted) this.#tellOne(each);
  }

  #tellOne(counted: Counted): void {
    if (counted.isTold) return;
    counted.isTold = true;
    this.#newValues.push(counted.value);
  }
}
