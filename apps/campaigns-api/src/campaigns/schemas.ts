// A campaign on the wire, for the OpenAPI document; `fields.ts` holds the rules.
import { STATUSES } from '@trafficflux/campaigns';
import { Type } from 'typebox';

const Time = Type.Unsafe<string | null>({ type: 'string', format: 'date-time', nullable: true });
const TextOrNull = Type.Unsafe<string | null>({ type: 'string', nullable: true });
const Texts = Type.Array(Type.String());
/** Whatever a client put there. */
const AnyObject = (description: string) =>
  Type.Unsafe<object>({ type: 'object', additionalProperties: true, description });
const Duration = Type.Unsafe<number | null>({
  type: 'number',
  minimum: 0,
  maximum: 5_256_000,
  nullable: true,
  description: 'Above 0. Null: until somebody stops it.',
});

const settings = {
  name: Type.String({ minLength: 1, maxLength: 255 }),
  target_url: Type.String({ pattern: '^https?://', maxLength: 2048 }),
  requests_per_minute: Type.Number({ minimum: 0, maximum: 6000, description: 'Above 0.' }),
  duration_minutes: Duration,
  geo_locations: Texts,
  rtb_config: AnyObject(
    'device_brand, device_models, ad_formats, app_categories, generate_adid and simulate_bid_requests have defaults.',
  ),
  config: AnyObject(
    'A run reads randomize_timing (boolean), delivery ("simulated" or "live"), seed (integer), simulated_latency_ms (a number, or the least and the most) and simulated_success_rate (0 to 1).',
  ),
  user_profile_ids: Texts,
  profile_user_counts: Type.Unsafe<Record<string, number>>({
    type: 'object',
    additionalProperties: { type: 'integer', minimum: 0 },
    description: 'How many users of each profile: their weights.',
  }),
  log_file_path: TextOrNull,
  log_level: TextOrNull,
  log_format: TextOrNull,
  user_agents: Texts,
  referrers: Texts,
  campaign_referrers: Type.Unsafe<Record<string, string[]>>({
    type: 'object',
    additionalProperties: { type: 'array', items: { type: 'string' } },
  }),
};

const { name, target_url: targetUrl, ...optional } = settings;

export const Session = Type.Object(
  {
    id: Type.String(),
    ...settings,
    status: Type.Unsafe<string>({ type: 'string', enum: [...STATUSES] }),
    total_profile_users: Type.Integer(),
    start_time: Time,
    end_time: Time,
    last_activity_time: Time,
    total_requests: Type.Integer(),
    successful_requests: Type.Integer(),
    progress_percentage: Type.Number({ minimum: 0, maximum: 100 }),
    created_at: Type.String({ format: 'date-time' }),
    updated_at: Type.String({ format: 'date-time' }),
  },
  { $id: 'Session' },
);

export const SessionCreate = Type.Object(
  { name, target_url: targetUrl, ...Type.Partial(Type.Object(optional)).properties },
  { $id: 'SessionCreate' },
);

export const SessionUpdate = Type.Object(Type.Partial(Type.Object(settings)).properties, {
  $id: 'SessionUpdate',
});
