-- Runs that wait for runs they started.

-- Of the children that are waited for only those that have ended and have not told are looked for: none, as a rule.
DROP INDEX runs_tells_parent_idx;
CREATE INDEX runs_untold_idx ON runs (workspace_id, id) WHERE tells_parent IS NOT NULL AND finished_at IS NOT NULL;

-- Children that shall stop. A row is written in the transaction of the journal append that makes it so, and goes when the
-- child has the message: the parent's writer takes no lock on other runs, and no stop is lost with its worker.
CREATE TABLE child_stops (
  workspace_id uuid NOT NULL,
  wait_id uuid NOT NULL,
  how text NOT NULL CHECK (how IN ('cancel', 'terminate')),
  run_id uuid NOT NULL,
  parent_run_id uuid NOT NULL,
  reason text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, wait_id, how)
);
CREATE INDEX child_stops_oldest_idx ON child_stops (created_at);
