-- Who is logged in at the hub, where no Redis keeps it.
CREATE TABLE login_sessions (
  id uuid PRIMARY KEY,
  -- `user_` and the id of the account.
  user_id text NOT NULL,
  created_at timestamptz NOT NULL,
  -- With its refresh token. Later it is there no more, whether or not the row was removed already.
  expires_at timestamptz NOT NULL
);
-- A user's sessions, the oldest first.
CREATE INDEX login_sessions_by_user ON login_sessions (user_id, created_at, id);
-- What may be removed.
CREATE INDEX login_sessions_by_end ON login_sessions (expires_at);
