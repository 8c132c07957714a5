-- What runs wait for from outside. A row is written in the transaction of the journal append that begins the wait, and
-- goes, or is settled, in the one that ends it.

-- Waits for an event. The dispatcher finds them by type, expression and key; whoever resolves one writes its position and
-- the message to the run in one transaction, under the lock of the run's row.
CREATE TABLE event_waits (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  run_id uuid NOT NULL,
  step_id text NOT NULL,
  -- the iteration it is in; empty for none
  path text NOT NULL DEFAULT '',
  event_type text NOT NULL,
  -- the expression over a candidate, as written, and what it must come to, as JSON text; hashed where they are long
  event_key text NOT NULL,
  key text NOT NULL,
  -- the run's own trigger: only what came later counts
  after_position bigint NOT NULL,
  resolved_position bigint,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, run_id) REFERENCES runs (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX event_waits_open_idx ON event_waits (workspace_id, event_type, event_key, key)
  WHERE resolved_position IS NULL;
-- One event satisfies at most one wait of a run. Rows that were resolved stay until the run ends.
CREATE UNIQUE INDEX event_waits_run_idx ON event_waits (workspace_id, run_id, resolved_position);

-- Questions to people.
CREATE TABLE approvals (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  run_id uuid NOT NULL,
  flow_id uuid NOT NULL,
  step_id text NOT NULL,
  path text NOT NULL DEFAULT '',
  title text NOT NULL,
  -- a JSON Schema of the answer; null when a yes or no is enough
  form json,
  -- who is asked; null for everybody who may
  assignee text,
  due_at timestamptz(3),
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'approved', 'rejected', 'expired', 'withdrawn')),
  answer json,
  answered_by text,
  answered_at timestamptz(3),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, run_id) REFERENCES runs (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX approvals_open_idx ON approvals (workspace_id, id) WHERE status = 'open';
CREATE INDEX approvals_run_idx ON approvals (workspace_id, run_id);

-- A run that another one started and waits for. Its end is told to the parent after its commit; the mark is taken away with
-- the telling, so that one that was lost is told again.
ALTER TABLE runs ADD COLUMN tells_parent uuid;
CREATE INDEX runs_tells_parent_idx ON runs (workspace_id, id) WHERE tells_parent IS NOT NULL;
CREATE INDEX runs_parent_idx ON runs (parent_run_id, id) WHERE parent_run_id IS NOT NULL;

-- Events by type, for a wait that looks at what came before it and for lists. Those of addressed triggers, the mass, are
-- waited for by nobody.
CREATE INDEX events_type_idx ON events (workspace_id, type, position) WHERE type NOT LIKE 'headrace.%';
