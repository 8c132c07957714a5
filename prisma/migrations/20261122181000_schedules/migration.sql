-- Schedules of live versions: when each fires next. The row is the promise; timers of the workers only make them
-- punctual. Written in the transaction that publishes, promotes or deletes the flow; which version a fire runs stands
-- in flow_triggers.
CREATE TABLE schedules (
  workspace_id uuid NOT NULL,
  flow_id uuid NOT NULL,
  step_id text NOT NULL,
  cron text NOT NULL,
  time_zone text NOT NULL,
  missed text NOT NULL CHECK (missed IN ('skip', 'once', 'all')),
  -- null for one that this build cannot read any more; publishing the flow again mends it
  next_fire_at timestamptz(3),
  -- Fires up to this instant are done with, or dropped. Ahead of the clock it tells that the clock was set back.
  settled_at timestamptz(3) NOT NULL,
  last_fired_at timestamptz(3),
  PRIMARY KEY (workspace_id, flow_id, step_id),
  FOREIGN KEY (workspace_id, flow_id) REFERENCES flows (workspace_id, id)
);
CREATE INDEX schedules_next_fire_at_idx ON schedules (next_fire_at);
CREATE INDEX schedules_settled_at_idx ON schedules (settled_at);
