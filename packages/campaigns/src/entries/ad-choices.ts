// The advertisements of a profile: a device with a user agent, a format and a category, and what of a bid request follows.
import type { PlannedProfile, RunPlan } from '../plan.ts';
import {
  DEFAULT_CATEGORIES,
  DEFAULT_FORMATS,
  readText,
  readTexts,
  renderApp,
  renderDeviceHead,
  renderImpressions,
} from './bid-request.ts';
import type { Count, Counted } from './counted.ts';
import { type Device, listDevices } from './devices.ts';
import { firstFilled } from './lists.ts';
import type { SlotRandom } from './random.ts';
import { quote } from './repair.ts';
import { toBytes } from './sheet.ts';

/** What of an entry and of its bid request depends on nothing else. */
export interface Ad {
  /** From `device_brand` to `"adid":` of the entry, and of the flat keys of `rtb_data`. */
  readonly flat: Uint8Array;
  /** From `user_agent` to the quote before the id of the bid request. */
  readonly agent: Uint8Array;
  /** From behind that id up to the address of the device. */
  readonly request: Uint8Array;
  /** Where in `request` the device begins. */
  readonly deviceAt: number;
  /** From behind the copy of the id to `"rtb_device":`. */
  readonly copies: Uint8Array;
  readonly counted: readonly Counted[];
}

/** Campaigns may have thousands of millions of combinations: no more than these are remembered, by all profiles of a plan. */
const MAX_REMEMBERED = 500;

export class AdMemory {
  #free = MAX_REMEMBERED;

  /** Whether one more may be kept. */
  take(): boolean {
    return this.#free-- > 0;
  }
}

export class AdChoices {
  readonly #plan: RunPlan;
  readonly #memory: AdMemory;
  readonly #known = new Map<number, Ad>();
  readonly #devices: readonly Device[];
  /** Null: that of the device. */
  readonly #userAgents: readonly (string | null)[];
  readonly #formats: readonly string[];
  readonly #categories: readonly string[];
  readonly #count: Count;

  constructor(profile: PlannedProfile, plan: RunPlan, memory: AdMemory, count: Count) {
    const { rtbConfig } = plan;
    const brand = profile.deviceBrand || readText(rtbConfig.device_brand, 'samsung');
    const models = firstFilled(profile.deviceModels, readTexts(rtbConfig.device_models));
    const userAgent = readText(rtbConfig.ua, '');
    this.#plan = plan;
    this.#memory = memory;
    this.#count = count;
    this.#devices = listDevices(brand, models, profile.operatingSystem);
    this.#userAgents = userAgent === '' ? firstFilled(plan.userAgents, [null]) : [userAgent];
    this.#formats = firstFilled(profile.adFormats, readTexts(rtbConfig.ad_formats), DEFAULT_FORMATS);
    this.#categories = firstFilled(
      profile.appCategories,
      readTexts(rtbConfig.app_categories),
      DEFAULT_CATEGORIES,
    );
  }

  draw(random: SlotRandom): Ad {
    const device = random.indexOf(this.#devices);
    const userAgent = random.indexOf(this.#userAgents);
    const format = random.indexOf(this.#formats);
    const category = random.indexOf(this.#categories);
    const key =
      ((device * this.#userAgents.length + userAgent) * this.#formats.length + format) *
        this.#categories.length +
      category;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const ad = this.#render(
      this.#devices[device] as Device,
      this.#userAgents[userAgent] ?? null,
      this.#formats[format] ?? '',
      this.#categories[category] ?? '',
    );
    if (this.#memory.take()) this.#known.set(key, ad);
    return ad;
  }

  #render(device: Device, userAgent: string | null, format: string, category: string): Ad {
    const { rtbConfig } = this.#plan;
    const agent = userAgent ?? device.userAgent;
    const [imp, app] = [renderImpressions(format, rtbConfig), renderApp(category, rtbConfig)];
    const request = `","imp":${imp},"app":${app},"device":`;
    return {
      flat: toBytes(
        `"device_brand":${quote(device.brand)},"device_model":${quote(device.model)},"ad_format":${quote(format)},"app_category":${quote(category)},"adid":`,
      ),
      agent: toBytes(`,"user_agent":${quote(agent)},"rtb_data":{"id":"`),
      request: toBytes(request + renderDeviceHead(device, agent)),
      deviceAt: Buffer.byteLength(request),
      copies: toBytes(`","rtb_imp":${imp},"rtb_app":${app},"rtb_device":`),
      counted: [this.#count('device_model', device.model), this.#count('ad_format', format)],
    };
  }
}
