// The traffic of a campaign on the wire, for the OpenAPI document.
import { STATUSES } from '@trafficflux/campaigns';
import { Type } from 'typebox';

const Time = Type.String({ format: 'date-time' });
const TimeOrNull = Type.Unsafe<string | null>({ type: 'string', format: 'date-time', nullable: true });
const TextOrNull = Type.Unsafe<string | null>({ type: 'string', nullable: true });
const NumberOrNull = Type.Unsafe<number | null>({ type: 'number', nullable: true });
const Count = Type.Integer({ minimum: 0 });
const Percent = Type.Number({ minimum: 0, maximum: 100 });
const Status = Type.Unsafe<string>({ type: 'string', enum: [...STATUSES] });
const StatusOrNull = Type.Unsafe<string | null>({
  type: 'string',
  enum: [...STATUSES, null],
  nullable: true,
  description: 'Null for an unknown campaign.',
});
const AnyObject = Type.Unsafe<object>({ type: 'object', additionalProperties: true });

export const TrafficEntry = Type.Unsafe<object>({
  $id: 'TrafficEntry',
  type: 'object',
  additionalProperties: true,
  description: 'A request: what was asked for, its bid request, and what came of it.',
  properties: {
    id: { type: 'string' },
    sequence: { type: 'integer', minimum: 1 },
    timestamp: { type: 'string', format: 'date-time' },
    campaign_id: { type: 'string' },
    success: { type: 'boolean' },
    simulated: { type: 'boolean' },
    status_code: { type: 'integer' },
    response_time: { type: 'number', description: 'Milliseconds.' },
    response_size: { type: 'integer', description: 'Bytes.' },
    rtb_data: { type: 'object', additionalProperties: true },
  },
});

const LastRequest = Type.Unsafe<object | null>({
  type: 'object',
  additionalProperties: true,
  nullable: true,
  description: 'The last entry.',
});

const progress = {
  campaign_id: Type.String(),
  is_running: Type.Boolean({ description: 'False while it is paused.' }),
  has_data: Type.Boolean(),
  last_updated: Time,
  total_requests: Count,
  successful_requests: Count,
  last_request: LastRequest,
};

export const TrafficMonitor = Type.Object(
  {
    ...progress,
    requests_per_minute: Type.Number({ description: 'Between the first and the last entry.' }),
    success_rate: Percent,
    average_response_time: Type.Number({ description: 'Milliseconds.' }),
  },
  { $id: 'TrafficMonitor' },
);

export const TrafficStatus = Type.Object({ ...progress, status: StatusOrNull }, { $id: 'TrafficStatus' });

export const TrafficStats = Type.Object(
  {
    total_requests: Count,
    successful_requests: Count,
    success_rate: Percent,
    unique_geo_locations: Count,
    unique_device_models: Count,
    unique_ad_formats: Count,
    start_time: TimeOrNull,
    end_time: TimeOrNull,
    duration_minutes: Type.Number(),
    requests_per_minute: Type.Number(),
  },
  { $id: 'TrafficStats' },
);

export const CampaignInfo = Type.Object(
  {
    campaign_id: Type.String(),
    basic_info: Type.Object({
      name: Type.String(),
      target_url: Type.String(),
      status: Status,
      created_at: Time,
      updated_at: Time,
      start_time: TimeOrNull,
      end_time: TimeOrNull,
      error: Type.Unsafe<string | null>({
        ...TextOrNull,
        description: 'Why its last run failed, if it did.',
      }),
    }),
    traffic_generation: Type.Object({
      is_running: Type.Boolean(),
      thread_id: TextOrNull,
      requests_per_minute: Type.Number(),
      duration_minutes: NumberOrNull,
      user_profile_ids: Type.Array(Type.String()),
      profile_user_counts: AnyObject,
      total_profile_users: Count,
      progress_percentage: Percent,
      worker: Type.Unsafe<string | null>({ ...TextOrNull, description: 'The worker that runs it.' }),
      workers: Type.Integer({ minimum: 0, description: 'How many workers there are.' }),
      missed_requests: Type.Integer({
        minimum: 0,
        description: 'What no worker was there for: neither made up later nor sent in a burst.',
      }),
      sent_requests: Type.Integer({
        minimum: 0,
        description: 'Real requests; those that were under way at a stop are no entries.',
      }),
    }),
    traffic_stats: Type.Object({
      has_traffic_data: Type.Boolean(),
      total_requests: Count,
      successful_requests: Count,
      success_rate: Percent,
      last_request_time: TimeOrNull,
    }),
    configuration: Type.Object({
      geo_locations: Type.Array(Type.String()),
      rtb_config: AnyObject,
      config: AnyObject,
    }),
  },
  { $id: 'CampaignInfo' },
);

export const TrafficHealth = Type.Object(
  {
    traffic_data_dir: Type.String({ description: 'Where entries are stored.' }),
    timestamp: Time,
    active_campaigns: Type.Array(Type.String()),
    campaign_stats: Type.Unsafe<object>({
      type: 'object',
      additionalProperties: Type.Object({
        total_requests: Count,
        successful_requests: Count,
        last_updated: TimeOrNull,
      }),
    }),
    total_active_campaigns: Count,
    worker: Type.Unsafe<string | null>({ ...TextOrNull, description: 'Null when no worker lives.' }),
    workers: Count,
    queue: Type.Unsafe<string>({
      type: 'string',
      enum: ['available', 'unavailable'],
      description: 'Without it campaigns go on, but none can be started.',
    }),
    system_info: Type.Object({
      node_version: Type.String(),
      platform: Type.String(),
      max_file_size: Type.Integer(),
      memory: Type.Object({ rss_bytes: Count, heap_used_bytes: Count }),
    }),
  },
  { $id: 'TrafficHealth' },
);

export const StartedTraffic = Type.Object(
  {
    success: Type.Literal(true),
    message: Type.String(),
    campaign_id: Type.String(),
    status: Type.Literal('running'),
    thread_id: Type.String({ format: 'uuid' }),
    config: Type.Object({
      requests_per_minute: Type.Number(),
      duration_minutes: NumberOrNull,
      total_users: Count,
      profiles: Count,
    }),
  },
  { $id: 'StartedTraffic' },
);

export const StatusChange = Type.Object(
  {
    success: Type.Literal(true),
    message: Type.String(),
    campaign_id: Type.String(),
    previous_status: Status,
    new_status: Status,
    updated_at: Time,
  },
  { $id: 'StatusChange' },
);

export const StatusRequest = Type.Object({ status: Status }, { $id: 'StatusRequest' });

export const GenerateRequest = Type.Object({ campaign_id: Type.String() }, { $id: 'GenerateRequest' });
