-- What a user has running, at whichever runner, in the order of the start.
CREATE INDEX sessions_active_by_user ON sessions (user_id, created_at, id) WHERE status = 'started';
