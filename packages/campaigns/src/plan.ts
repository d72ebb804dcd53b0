/** What one run of a campaign does: the campaign's settings as they were when /generate was called, completed. */

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

/** Stored as JSON beside the run, so that every worker that takes it over goes on with the very same. */
export interface RunPlan {
  readonly campaignId: string;
  /** The n of `session_<n>`, part of the entries' ids. */
  readonly campaignNumber: number;
  readonly targetUrl: string;
  /** Above 0, at most 6,000. */
  readonly requestsPerMinute: number;
  /** Null: until somebody stops it. */
  readonly durationMinutes: number | null;
  /** Moves each entry by up to a fifth of the gap around its place in the grid; never accumulates. */
  readonly randomizeTiming: boolean;
  readonly delivery: 'simulated' | 'live';
  /** 32 bits. Slot n of a run has the same content whoever makes it. */
  readonly seed: number;
  /** Bounds of the simulated latency in milliseconds; equal ones fix it. */
  readonly latencyMs: readonly [least: number, most: number];
  /** Share of simulated requests that succeed, 0 to 1. */
  readonly successRate: number;
  readonly profiles: readonly PlannedProfile[];
  /** As the campaign shows them, repeated in each entry (contracts 2.4). */
  readonly geoLocations: readonly string[];
  readonly rtbConfig: JsonObject;
  readonly config: JsonObject;
  readonly userProfileIds: readonly string[];
  readonly profileUserCounts: Readonly<Record<string, number>>;
  readonly userAgents: readonly string[];
  readonly referrers: readonly string[];
}

export interface PlannedProfile {
  readonly id: string;
  /** Its weight. */
  readonly users: number;
  readonly interests: readonly string[];
  readonly countries: readonly string[];
  readonly deviceBrand: string | null;
  readonly deviceModels: readonly string[];
  readonly operatingSystem: string | null;
  readonly adFormats: readonly string[];
  readonly appCategories: readonly string[];
  readonly adidPersistence: 'per_user' | 'per_session' | 'per_impression';
  /** By interest; null key-less lists count for all. */
  readonly referrers: Readonly<Record<string, readonly string[]>>;
}

/** The one user of a campaign that names no profile. */
export const DEFAULT_PROFILE: PlannedProfile = {
  id: 'default',
  users: 1,
  interests: [],
  countries: [],
  deviceBrand: null,
  deviceModels: [],
  operatingSystem: null,
  adFormats: [],
  appCategories: [],
  adidPersistence: 'per_user',
  referrers: {},
};
