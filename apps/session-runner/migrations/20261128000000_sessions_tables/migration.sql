-- Sessions, what their journeys did, and who plays them. Ids are 24 hexadecimal digits, as in MongoDB.
CREATE TABLE sessions (
  id text PRIMARY KEY,
  user_id text NOT NULL,
  search_keyword text NOT NULL,
  target_domain text NOT NULL,
  status text NOT NULL CHECK (status IN ('started', 'stopped', 'completed', 'failed')),
  thread_count integer NOT NULL,
  driver text NOT NULL CHECK (driver IN ('http', 'dry-run')),
  runner text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
-- A user's sessions, the newest first.
CREATE INDEX sessions_by_user ON sessions (user_id, created_at DESC, id DESC);
-- Few sessions run at any moment, however many there ever were.
CREATE INDEX sessions_started ON sessions (runner) WHERE status = 'started';

CREATE TABLE journeys (
  session_id text NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  journey integer NOT NULL,
  started_at timestamptz,
  ended_at timestamptz,
  -- Null while it waits or runs.
  status text CHECK (status IN ('stopped', 'completed', 'failed')),
  reason text,
  PRIMARY KEY (session_id, journey)
);

CREATE TABLE journey_steps (
  session_id text NOT NULL,
  journey integer NOT NULL,
  number integer NOT NULL,
  action text NOT NULL,
  url text,
  outcome text NOT NULL,
  status integer,
  -- Unix milliseconds, as the journey told them.
  started_at_ms double precision NOT NULL,
  duration_ms double precision NOT NULL,
  bytes bigint,
  matches integer,
  note text,
  PRIMARY KEY (session_id, journey, number),
  FOREIGN KEY (session_id, journey) REFERENCES journeys (session_id, journey) ON DELETE CASCADE
);

-- A runner that lives counts its beat up; one that was taken for dead is told so when it comes back.
CREATE TABLE runner_leases (
  runner text PRIMARY KEY,
  beat bigint NOT NULL,
  given_up boolean NOT NULL,
  -- What `given_up` was before the last beat.
  was_given_up boolean NOT NULL,
  renewed_at timestamptz NOT NULL
);
