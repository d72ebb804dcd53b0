-- Campaigns, what they stored, and who runs them. PostgreSQL holds the truth; the queue only says who should look.

CREATE TABLE profiles (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL,
  description text NOT NULL,
  demographics json NOT NULL DEFAULT '{}',
  device_preferences json NOT NULL DEFAULT '{}',
  app_usage json NOT NULL DEFAULT '{}',
  rtb_specifics json NOT NULL DEFAULT '{}',
  referrers json NOT NULL DEFAULT '{}',
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX profiles_created_at ON profiles (created_at, id);

CREATE SEQUENCE campaign_number;

CREATE TABLE campaigns (
  id text PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9_-]{1,64}$'),
  -- The n of session_<n>: never given twice.
  number bigint NOT NULL UNIQUE,
  name text NOT NULL,
  target_url text NOT NULL,
  requests_per_minute double precision NOT NULL CHECK (requests_per_minute > 0 AND requests_per_minute <= 6000),
  -- Null: until somebody stops it.
  duration_minutes double precision CHECK (duration_minutes > 0),
  geo_locations json NOT NULL,
  rtb_config json NOT NULL,
  config json NOT NULL,
  user_profile_ids json NOT NULL,
  profile_user_counts json NOT NULL,
  user_agents json NOT NULL,
  referrers json NOT NULL,
  campaign_referrers json NOT NULL,
  log_file_path text,
  log_level text,
  log_format text,
  start_time timestamptz(3),
  end_time timestamptz(3),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),

  -- State. Each change of it, and each take-over, raises the epoch; who names an older one changes nothing.
  status text NOT NULL DEFAULT 'draft'
    CHECK (status IN ('draft', 'running', 'paused', 'completed', 'stopped', 'error')),
  epoch bigint NOT NULL DEFAULT 0,
  -- From /generate to the end of the run; a paused campaign is generating.
  is_generating boolean NOT NULL DEFAULT false CHECK (NOT is_generating OR status IN ('running', 'paused')),
  error text,

  -- The run: what /generate began. A plan is a campaign's settings as they were then.
  run integer NOT NULL DEFAULT 0,
  thread_id uuid,
  plan json,
  -- Requests per minute of the plan, and how many slots its duration has (null: no end).
  run_rate double precision,
  run_slots bigint,
  -- Milliseconds after a slot's time in which its request may still be under way: the longest latency of a simulated one,
  -- 0 if it is live. It stands beside the plan, which PostgreSQL stores whatever texts it has, but cannot always look
  -- into: one \u0000 anywhere in it would be an error.
  run_lag_ms double precision NOT NULL DEFAULT 0,
  -- The time that the run has had: elapsed_ms, and since running_since what went by. Null while it is paused, and
  -- before the first worker took it.
  elapsed_ms double precision NOT NULL DEFAULT 0,
  running_since timestamptz,
  -- Slots below this one are stored, or were missed.
  next_slot bigint NOT NULL DEFAULT 0,
  -- The sequence number at which the run began.
  run_first_sequence bigint NOT NULL DEFAULT 1,

  -- The owner: the worker that took it last, as long as its lease lasts.
  owner text,
  lease_until timestamptz,

  -- Statistics: exactly what a recount of the chunks gives.
  last_sequence bigint NOT NULL DEFAULT 0,
  successful_requests bigint NOT NULL DEFAULT 0,
  response_time_us bigint NOT NULL DEFAULT 0,
  first_entry_at timestamptz(3),
  last_entry_at timestamptz(3),
  last_entry json,
  -- Slots that passed while no worker ran the campaign: neither made up nor burst.
  missed_requests bigint NOT NULL DEFAULT 0,
  -- Live requests that were sent; those beyond what is recorded were in flight at a stop or with a worker that died.
  sent_requests bigint NOT NULL DEFAULT 0
)
-- Rows change several times a second while they run: with room beside them, the new version needs no index entry.
WITH (fillfactor = 50);
CREATE INDEX campaigns_generating ON campaigns (id) WHERE is_generating;

-- Ordered, dense, written once: sequence first_sequence to last_sequence of a campaign.
CREATE TABLE chunks (
  campaign_id text NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
  last_sequence bigint NOT NULL,
  first_sequence bigint NOT NULL,
  epoch bigint NOT NULL,
  -- Of entries as text: readers fill their memory by it without unpacking anything.
  bytes integer NOT NULL,
  -- An array of entries. Never jsonb, which is slower by half and refuses what json keeps.
  entries json NOT NULL,
  PRIMARY KEY (campaign_id, last_sequence),
  CHECK (first_sequence <= last_sequence)
);
-- lz4 doubles the entries stored per second. A server built without it (the embedded one) stores them as they are: its
-- own compression takes longer than all the rest, and the disk of a laptop has room.
DO $$
BEGIN
  ALTER TABLE chunks ALTER COLUMN entries SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported OR invalid_parameter_value THEN
  ALTER TABLE chunks ALTER COLUMN entries SET STORAGE EXTERNAL;
END
$$;

-- The distinct values that statistics count.
CREATE TABLE campaign_values (
  campaign_id text NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('geo_location', 'device_model', 'ad_format')),
  value text NOT NULL,
  PRIMARY KEY (campaign_id, kind, value)
);

-- The history of states: a path of the transition table.
CREATE TABLE state_changes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  campaign_id text NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
  from_status text NOT NULL,
  to_status text NOT NULL,
  epoch bigint NOT NULL,
  -- The API or the name of a worker.
  changed_by text NOT NULL,
  at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX state_changes_campaign ON state_changes (campaign_id, id);

-- What people and services wrote down about a campaign.
CREATE TABLE campaign_logs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  campaign_id text NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
  level text NOT NULL,
  -- What happened, for services' own lines: created, started, paused, taken-over, …; 'log' for people's.
  event text NOT NULL,
  message text NOT NULL,
  at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX campaign_logs_campaign ON campaign_logs (campaign_id, id);

-- Workers that live: each renews its row while it runs.
CREATE TABLE workers (
  name text PRIMARY KEY,
  host text NOT NULL,
  process_id integer NOT NULL,
  capacity integer NOT NULL,
  campaigns integer NOT NULL DEFAULT 0,
  started_at timestamptz(3) NOT NULL DEFAULT now(),
  seen_at timestamptz NOT NULL DEFAULT now()
);
