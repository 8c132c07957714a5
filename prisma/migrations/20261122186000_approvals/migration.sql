-- How questions to people are answered, and the links by which somebody without an account may do so.

ALTER TABLE approvals
  ADD COLUMN description text,
  -- what was said beside yes or no
  ADD COLUMN comment text,
  -- who answered, as they were called then; answered_by is the actor
  ADD COLUMN answered_name text,
  -- by which door
  ADD COLUMN answered_via text CHECK (answered_via IN ('ui', 'key', 'link')),
  ADD CONSTRAINT approvals_answered CHECK (
    (status IN ('approved', 'rejected')) = (answered_by IS NOT NULL AND answered_at IS NOT NULL AND answered_via IS NOT NULL)
  );

-- What is due next, for the list; what never is comes last.
CREATE INDEX approvals_due_idx ON approvals (workspace_id, due_at NULLS LAST, id) WHERE status = 'open';

-- A link works once: the row is marked in the transaction of the answer. What is in it is a secret of 32 random bytes, of
-- which only the SHA-256 is kept; the id in it finds the row.
CREATE TABLE approval_links (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  approval_id uuid NOT NULL,
  secret_hash bytea NOT NULL CHECK (length(secret_hash) = 32),
  made_by text NOT NULL,
  made_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3) NOT NULL,
  used_at timestamptz(3),
  revoked_at timestamptz(3),
  PRIMARY KEY (id),
  FOREIGN KEY (workspace_id, approval_id) REFERENCES approvals (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX approval_links_approval_idx ON approval_links (workspace_id, approval_id);
