-- Milliseconds after a slot's time in which its request may still be under way: the longest latency of a simulated one, 0
-- if it is live. It stands beside the plan, which PostgreSQL stores whatever texts it has, but cannot always look into:
-- one \u0000 anywhere in it would be an error.
ALTER TABLE campaigns ADD COLUMN run_lag_ms double precision NOT NULL DEFAULT 0;
