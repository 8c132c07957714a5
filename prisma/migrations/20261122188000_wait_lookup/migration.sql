-- Open waits are looked up by what an event may be for (type, expression, key), and then once more for one run, under its
-- lock: with the run behind the key both are a single descent, and of many runs that wait for the same event a part can be
-- taken at a time.
DROP INDEX event_waits_open_idx;
CREATE INDEX event_waits_open_idx ON event_waits (workspace_id, event_type, event_key, key, run_id)
  WHERE resolved_position IS NULL;
