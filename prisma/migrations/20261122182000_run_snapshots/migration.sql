-- Folded states of long runs, so that a run of ten thousand entries resumes without folding them all. A snapshot is a
-- cache of its journal: it may be missing, old or of a shape this release does not know, and then more is folded. One per
-- run, kept only while the run goes on.
CREATE TABLE run_snapshots (
  workspace_id uuid NOT NULL,
  run_id uuid NOT NULL,
  -- the journal row up to which it is folded
  n int NOT NULL CHECK (n > 0),
  -- of the folded state, not of the entries; see core/run/snapshot.ts
  shape int NOT NULL,
  state bytea NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, run_id),
  FOREIGN KEY (workspace_id, run_id) REFERENCES runs (workspace_id, id) ON DELETE CASCADE
);
ALTER TABLE run_snapshots ALTER COLUMN state SET STORAGE EXTERNAL;

-- Tells a load whether there is a snapshot to look for; runs without one pay nothing.
ALTER TABLE runs ADD COLUMN snapshot_n int;
