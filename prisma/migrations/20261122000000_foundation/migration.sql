-- Foundation: every table of the first release that would be hard to change later. Three rules hold throughout:
-- everything belongs to a workspace and is referenced by (workspace_id, id); what grows without bound is partitioned
-- from the first row (events by a database-wide number, runs and journal by time-ordered run id); values are `json` or
-- bytes, never `jsonb`, because jsonb refuses \u0000 and lone surrogates and one bad value would fail a whole group.

-- ── People, access ────────────────────────────────────────────────────────────────────────────────────────────────
CREATE TABLE workspaces (
  id uuid PRIMARY KEY,
  slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9](-?[a-z0-9])*$'),
  name text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE users (
  id text PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL UNIQUE,
  email_verified boolean NOT NULL DEFAULT false,
  image text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  preferences jsonb NOT NULL DEFAULT '{}'
);

CREATE TABLE sessions (
  id text PRIMARY KEY,
  user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
  token text NOT NULL UNIQUE,
  expires_at timestamptz(3) NOT NULL,
  ip_address text,
  user_agent text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX sessions_user_id_idx ON sessions (user_id);

CREATE TABLE accounts (
  id text PRIMARY KEY,
  user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
  account_id text NOT NULL,
  provider_id text NOT NULL,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz(3),
  refresh_token_expires_at timestamptz(3),
  scope text,
  password text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX accounts_user_id_idx ON accounts (user_id);

CREATE TABLE verifications (
  id text PRIMARY KEY,
  identifier text NOT NULL,
  value text NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX verifications_identifier_idx ON verifications (identifier);

CREATE TABLE memberships (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
  role text NOT NULL CHECK (role IN ('owner', 'editor', 'viewer')),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, user_id)
);
CREATE INDEX memberships_user_id_idx ON memberships (user_id);

CREATE TABLE api_keys (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  name text NOT NULL,
  hash bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
  prefix text NOT NULL,
  scopes text[] NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  last_used_at timestamptz(3),
  revoked_at timestamptz(3),
  revoked_by text,
  PRIMARY KEY (workspace_id, id)
);

CREATE TABLE audit_log (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  at timestamptz(3) NOT NULL DEFAULT now(),
  actor text NOT NULL,
  action text NOT NULL,
  target_kind text NOT NULL,
  target_id text NOT NULL,
  details jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (workspace_id, id)
);

CREATE TABLE idempotency_keys (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  actor text NOT NULL,
  operation text NOT NULL,
  key text NOT NULL,
  body_hash bytea NOT NULL,
  status int,
  body text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, actor, operation, key)
);
CREATE INDEX idempotency_keys_expires_at_idx ON idempotency_keys (expires_at);

-- ── Flows ─────────────────────────────────────────────────────────────────────────────────────────────────────────
CREATE TABLE flows (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  name text NOT NULL,
  draft json NOT NULL,
  revision int NOT NULL DEFAULT 1,
  live_version int,
  is_paused boolean NOT NULL DEFAULT false,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_by text NOT NULL,
  deleted_at timestamptz(3),
  deleted_by text,
  PRIMARY KEY (workspace_id, id)
);

CREATE TABLE flow_versions (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  flow_id uuid NOT NULL,
  version int,
  document json NOT NULL,
  hash bytea NOT NULL,
  note text,
  published_at timestamptz(3) NOT NULL DEFAULT now(),
  published_by text NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, flow_id, version),
  -- what runs refer to: the version and that it is of their flow, in one check
  UNIQUE (workspace_id, flow_id, id),
  FOREIGN KEY (workspace_id, flow_id) REFERENCES flows (workspace_id, id)
);
CREATE INDEX flow_versions_hash_idx ON flow_versions (workspace_id, flow_id, hash);

CREATE TABLE flow_triggers (
  workspace_id uuid NOT NULL,
  flow_id uuid NOT NULL,
  step_id text NOT NULL,
  kind text NOT NULL,
  version_id uuid NOT NULL,
  version int NOT NULL,
  method text,
  path text,
  path_key text,
  types text[] NOT NULL DEFAULT '{}',
  config json NOT NULL,
  PRIMARY KEY (workspace_id, flow_id, step_id),
  UNIQUE (workspace_id, path_key, method),
  FOREIGN KEY (workspace_id, flow_id) REFERENCES flows (workspace_id, id),
  FOREIGN KEY (workspace_id, version_id) REFERENCES flow_versions (workspace_id, id)
);

CREATE TABLE variables (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  name text NOT NULL,
  value json NOT NULL,
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_by text NOT NULL,
  PRIMARY KEY (workspace_id, name)
);

CREATE TABLE secrets (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  name text NOT NULL,
  sealed bytea NOT NULL,
  key_id text NOT NULL,
  origins text[] NOT NULL DEFAULT '{}',
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_by text NOT NULL,
  PRIMARY KEY (workspace_id, name)
);

-- Processes, not tenants' data: the one table without a workspace. A lease is `last_seen_at` plus the lease time,
-- judged by the database's clock alone.
CREATE TABLE workers (
  id uuid PRIMARY KEY,
  role text NOT NULL,
  host text NOT NULL,
  pid int NOT NULL,
  version text NOT NULL,
  started_at timestamptz(3) NOT NULL DEFAULT now(),
  last_seen_at timestamptz(3) NOT NULL DEFAULT now()
);

-- ── The stream ────────────────────────────────────────────────────────────────────────────────────────────────────
-- The head row is both the lock of the append and the safe head of readers: it moves only with the commit.
CREATE TABLE stream_heads (
  workspace_id uuid PRIMARY KEY REFERENCES workspaces,
  head bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE stream_checkpoints (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  consumer text NOT NULL,
  position bigint NOT NULL DEFAULT 0,
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, consumer)
) WITH (fillfactor = 50);

-- How often a subject has been written, for optimistic concurrency (`expectedRevision`).
CREATE TABLE subject_heads (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  subject text NOT NULL,
  revision bigint NOT NULL,
  PRIMARY KEY (workspace_id, subject)
) WITH (fillfactor = 70);

CREATE TABLE payloads (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  hash bytea NOT NULL CHECK (length(hash) = 32),
  encoding text NOT NULL CHECK (encoding IN ('identity', 'gzip')),
  bytes bytea NOT NULL,
  size_bytes int NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, hash)
);
ALTER TABLE payloads ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE SEQUENCE event_number AS bigint CACHE 1;

CREATE TABLE events (
  number bigint NOT NULL,
  workspace_id uuid NOT NULL,
  position bigint NOT NULL CHECK (position > 0),
  received_at timestamptz(3) NOT NULL,
  id text NOT NULL,
  source text NOT NULL,
  type text NOT NULL,
  subject text,
  time timestamptz(3),
  -- remaining CloudEvents attributes and extensions: datacontenttype, dataschema, traceparent, …
  attributes json,
  data json,
  data_payload bytea,
  -- the bytes as they came, where `data` cannot give them back
  raw bytea,
  subject_revision bigint,
  partition_key text,
  schema_version int,
  hops smallint NOT NULL DEFAULT 0,
  -- the run that published it, for the causal chain
  caused_by_run uuid,
  actor text NOT NULL,
  erased_at timestamptz(3),
  PRIMARY KEY (workspace_id, position, number)
) PARTITION BY RANGE (number);
CREATE INDEX events_subject_idx ON events (workspace_id, subject, position) WHERE subject IS NOT NULL;
CREATE TABLE events_default PARTITION OF events DEFAULT;

-- Uniqueness of (source, id) beside the log, because a partitioned table cannot hold it. `expires_at` null: kept as
-- long as the event.
CREATE TABLE event_keys (
  workspace_id uuid NOT NULL,
  source text NOT NULL,
  id text NOT NULL,
  position bigint NOT NULL,
  run_id uuid,
  expires_at timestamptz(3),
  PRIMARY KEY (workspace_id, source, id)
);
CREATE INDEX event_keys_expires_at_idx ON event_keys (expires_at) WHERE expires_at IS NOT NULL;

-- ── Runs ──────────────────────────────────────────────────────────────────────────────────────────────────────────
CREATE TABLE runs (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  flow_id uuid NOT NULL,
  version_id uuid NOT NULL,
  version int,
  is_draft boolean NOT NULL DEFAULT false,
  status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'waiting', 'compensating', 'blocked',
    'succeeded', 'failed', 'compensated', 'cancelled', 'terminated')),
  reason json,
  trigger_step text NOT NULL,
  trigger_kind text NOT NULL,
  event_number bigint NOT NULL,
  event_position bigint NOT NULL,
  actor text NOT NULL,
  -- the fence: number of journal rows written
  journal_n int NOT NULL DEFAULT 0,
  -- inbox rows ever inserted; parking compares it, so a row that arrives while a run parks is never slept over
  inbox_n int NOT NULL DEFAULT 0,
  inbox_done int NOT NULL DEFAULT 0,
  owner uuid,
  epoch int NOT NULL DEFAULT 0,
  -- the promise: unowned and past this instant the reconciler rings; null for a run nothing is due for
  due_at timestamptz(3),
  -- kept back because its flow is paused
  is_held boolean NOT NULL DEFAULT false,
  output json,
  output_payload bytea,
  error json,
  answer json,
  tags text[],
  hops smallint NOT NULL DEFAULT 0,
  generation int NOT NULL DEFAULT 0,
  origin_run_id uuid NOT NULL,
  parent_run_id uuid,
  retry_of uuid,
  replay_id uuid,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  started_at timestamptz(3),
  finished_at timestamptz(3),
  PRIMARY KEY (workspace_id, id),
  -- one check per run instead of two, on the hottest insert; the version refers to the flow itself
  FOREIGN KEY (workspace_id, flow_id, version_id) REFERENCES flow_versions (workspace_id, flow_id, id)
) PARTITION BY RANGE (id);
-- no workspace in front: over a young table the planner would take any index that begins like the primary key for it
CREATE INDEX runs_flow_idx ON runs (flow_id, id);
-- succeeded runs are the mass and are found by the primary key; every other status is rare and wants its own order
CREATE INDEX runs_status_idx ON runs (workspace_id, status, id) WHERE status NOT IN ('succeeded', 'queued', 'running');
CREATE INDEX runs_due_idx ON runs (due_at) WHERE due_at IS NOT NULL AND owner IS NULL;
CREATE INDEX runs_owner_idx ON runs (owner) WHERE owner IS NOT NULL;
CREATE INDEX runs_held_idx ON runs (workspace_id, flow_id, id) WHERE is_held;
CREATE INDEX runs_tags_idx ON runs USING gin (tags) WHERE tags IS NOT NULL;
CREATE TABLE runs_default PARTITION OF runs DEFAULT WITH (fillfactor = 70);

-- One row is one whole append: unique (run, n) is the fence, append_id tells a writer after an ambiguous commit whether
-- it was the one that won.
CREATE TABLE journal (
  workspace_id uuid NOT NULL,
  run_id uuid NOT NULL,
  n int NOT NULL CHECK (n > 0),
  append_id uuid NOT NULL,
  -- sequence number of the first entry in `entries`
  first_seq int NOT NULL,
  entries json NOT NULL,
  worker_id uuid NOT NULL,
  at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, run_id, n)
) PARTITION BY RANGE (run_id);
CREATE TABLE journal_default PARTITION OF journal DEFAULT;

-- Only the owner appends to a journal; everyone else leaves a message here and rings.
CREATE TABLE run_inbox (
  workspace_id uuid NOT NULL,
  run_id uuid NOT NULL,
  n int NOT NULL,
  -- unique per cause: the same cancel, timer or outcome delivered twice is one message
  cause text NOT NULL,
  message json NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, run_id, n),
  UNIQUE (workspace_id, run_id, cause),
  FOREIGN KEY (workspace_id, run_id) REFERENCES runs (workspace_id, id) ON DELETE CASCADE
);

-- ── Partitions ────────────────────────────────────────────────────────────────────────────────────────────────────
-- Smallest UUIDv7 of an instant (RFC 9562 section 5.7): 48 bits of milliseconds, then zeros.
CREATE FUNCTION uuid_floor(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Makes the partitions of this month and the next two, and of the next ten million events. Safe to call at any time and
-- from several processes; the default partitions catch what no call prepared for.
CREATE FUNCTION ensure_partitions() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  -- events per partition: a few gigabytes, so that dropping one is a useful unit of retention
  events_per_partition CONSTANT bigint := 5000000;
  month_start timestamptz;
  part bigint;
  suffix text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('headrace.partitions'));
  FOR i IN 0..2 LOOP
    month_start := date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + make_interval(months => i);
    suffix := to_char(month_start AT TIME ZONE 'UTC', '"y"YYYY"m"MM');
    IF to_regclass('runs_' || suffix) IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF runs FOR VALUES FROM (%L) TO (%L) WITH (fillfactor = 70)',
        'runs_' || suffix, uuid_floor(month_start), uuid_floor(month_start + interval '1 month'));
    END IF;
    IF to_regclass('journal_' || suffix) IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF journal FOR VALUES FROM (%L) TO (%L)',
        'journal_' || suffix, uuid_floor(month_start), uuid_floor(month_start + interval '1 month'));
    END IF;
  END LOOP;
  SELECT last_value / events_per_partition INTO part FROM event_number;
  FOR i IN 0..2 LOOP
    suffix := 'p' || lpad((part + i)::text, 6, '0');
    IF to_regclass('events_' || suffix) IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF events FOR VALUES FROM (%s) TO (%s)',
        'events_' || suffix, (part + i) * events_per_partition, (part + i + 1) * events_per_partition);
    END IF;
  END LOOP;
END
$$;
SELECT ensure_partitions();

-- ── Append to the stream ──────────────────────────────────────────────────────────────────────────────────────────
-- The only writer of events. It first locks the head row and only then, in a new statement and so with a new snapshot,
-- looks up duplicates, inserts and advances the head. (One statement that locks and inserts would take its snapshot
-- before it waited for the lock, and positions drawn from a sequence would let a reader skip an event that commits
-- late.) All members belong to one workspace; the caller never puts one (source, id) into a batch twice. A member with
-- a run id gets its run in the same transaction: run id and version were fixed at acceptance.
-- `key_ttl_ms`: null writes no key (the id is fresh by construction), negative keeps the key as long as the event.
CREATE FUNCTION append_events(
  p_workspace uuid,
  p_ids text[], p_sources text[], p_types text[], p_subjects text[], p_times timestamptz[], p_attributes text[],
  p_datas text[], p_data_payloads bytea[], p_raws bytea[], p_partition_keys text[], p_schema_versions int[],
  p_hops smallint[], p_caused_by uuid[], p_actors text[], p_key_ttls bigint[],
  p_run_ids uuid[], p_flow_ids uuid[], p_version_ids uuid[], p_versions int[], p_drafts boolean[],
  p_trigger_steps text[], p_trigger_kinds text[]
) RETURNS TABLE (ord int, event_position bigint, run_id uuid, is_duplicate boolean) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  safe_head bigint;
BEGIN
  SELECT head INTO safe_head FROM stream_heads WHERE workspace_id = p_workspace FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO stream_heads (workspace_id) VALUES (p_workspace) ON CONFLICT DO NOTHING;
    SELECT head INTO safe_head FROM stream_heads WHERE workspace_id = p_workspace FOR UPDATE;
  END IF;

  -- Most events have neither a key nor a subject. Without them there is nothing to look up or to count, and the statement
  -- is half as large: starting a statement costs more than the few rows it writes.
  IF num_nonnulls(VARIADIC p_key_ttls) = 0 AND num_nonnulls(VARIADIC p_subjects) = 0 THEN
    RETURN QUERY
    WITH fresh AS MATERIALIZED (
      SELECT i.*, safe_head + i.ord AS position, nextval('event_number') AS number
      FROM unnest(p_ids, p_sources, p_types, p_times, p_attributes, p_datas, p_data_payloads, p_raws, p_partition_keys,
          p_schema_versions, p_hops, p_caused_by, p_actors, p_run_ids, p_flow_ids, p_version_ids, p_versions, p_drafts,
          p_trigger_steps, p_trigger_kinds)
        WITH ORDINALITY AS i(id, source, type, "time", attributes, data, data_payload, raw, partition_key,
          schema_version, hops, caused_by, actor, run_id, flow_id, version_id, version, is_draft, trigger_step,
          trigger_kind, ord)
    ), event_rows AS (
      INSERT INTO events (number, workspace_id, position, received_at, id, source, type, time, attributes, data,
        data_payload, raw, partition_key, schema_version, hops, caused_by_run, actor)
      SELECT f.number, p_workspace, f.position, clock_timestamp(), f.id, f.source, f.type, f."time", f.attributes::json,
        f.data::json, f.data_payload, f.raw, f.partition_key, f.schema_version, f.hops, f.caused_by, f.actor
      FROM fresh f
    ), run_rows AS (
      INSERT INTO runs (workspace_id, id, flow_id, version_id, version, is_draft, trigger_step, trigger_kind,
        event_number, event_position, actor, due_at, hops, origin_run_id)
      SELECT p_workspace, f.run_id, f.flow_id, f.version_id, f.version, f.is_draft, f.trigger_step, f.trigger_kind,
        f.number, f.position, f.actor, now() + interval '5 seconds', f.hops, f.run_id
      FROM fresh f WHERE f.run_id IS NOT NULL
    ), head_row AS (
      UPDATE stream_heads SET head = safe_head + cardinality(p_ids) WHERE workspace_id = p_workspace
    )
    SELECT f.ord::int, f.position, f.run_id, false FROM fresh f;
    RETURN;
  END IF;

  RETURN QUERY
  WITH input AS MATERIALIZED (
    SELECT i.*, k.position AS first_position, k.run_id AS first_run
    FROM unnest(p_ids, p_sources, p_types, p_subjects, p_times, p_attributes, p_datas, p_data_payloads, p_raws,
        p_partition_keys, p_schema_versions, p_hops, p_caused_by, p_actors, p_key_ttls, p_run_ids, p_flow_ids,
        p_version_ids, p_versions, p_drafts, p_trigger_steps, p_trigger_kinds)
      WITH ORDINALITY AS i(id, source, type, subject, "time", attributes, data, data_payload, raw, partition_key,
        schema_version, hops, caused_by, actor, key_ttl, run_id, flow_id, version_id, version, is_draft, trigger_step,
        trigger_kind, ord)
    LEFT JOIN LATERAL (
      SELECT e.position, e.run_id FROM event_keys e
      WHERE i.key_ttl IS NOT NULL AND e.workspace_id = p_workspace AND e.source = i.source AND e.id = i.id
        AND (e.expires_at IS NULL OR e.expires_at > now())
      -- one row by the primary key; without the limit this is flattened into a join over every key of the workspace
      LIMIT 1
    ) k ON true
  ), fresh AS MATERIALIZED (
    SELECT i.*, safe_head + row_number() OVER (ORDER BY i.ord) AS position, nextval('event_number') AS number,
      row_number() OVER (PARTITION BY i.subject ORDER BY i.ord) - count(*) OVER (PARTITION BY i.subject) AS subject_step
    FROM input i WHERE i.first_position IS NULL
  ), subjects AS (
    INSERT INTO subject_heads AS s (workspace_id, subject, revision)
    SELECT p_workspace, f.subject, count(*) FROM fresh f WHERE f.subject IS NOT NULL GROUP BY f.subject ORDER BY f.subject
    ON CONFLICT (workspace_id, subject) DO UPDATE SET revision = s.revision + excluded.revision
    RETURNING s.subject, s.revision
  ), keys AS (
    INSERT INTO event_keys AS e (workspace_id, source, id, position, run_id, expires_at)
    SELECT p_workspace, f.source, f.id, f.position, f.run_id,
      CASE WHEN f.key_ttl < 0 THEN NULL ELSE now() + make_interval(secs => f.key_ttl / 1000.0) END
    FROM fresh f WHERE f.key_ttl IS NOT NULL
    -- only an expired key can be in the way: live ones were found above, under the lock
    ON CONFLICT (workspace_id, source, id) DO UPDATE
      SET position = excluded.position, run_id = excluded.run_id, expires_at = excluded.expires_at
  ), event_rows AS (
    INSERT INTO events (number, workspace_id, position, received_at, id, source, type, subject, time, attributes, data,
      data_payload, raw, subject_revision, partition_key, schema_version, hops, caused_by_run, actor)
    SELECT f.number, p_workspace, f.position, clock_timestamp(), f.id, f.source, f.type, f.subject, f."time",
      f.attributes::json, f.data::json, f.data_payload, f.raw,
      s.revision + f.subject_step,
      f.partition_key, f.schema_version, f.hops, f.caused_by, f.actor
    FROM fresh f LEFT JOIN subjects s ON s.subject = f.subject
  ), run_rows AS (
    INSERT INTO runs (workspace_id, id, flow_id, version_id, version, is_draft, trigger_step, trigger_kind, event_number,
      event_position, actor, due_at, hops, origin_run_id)
    SELECT p_workspace, f.run_id, f.flow_id, f.version_id, f.version, f.is_draft, f.trigger_step, f.trigger_kind,
      f.number, f.position, f.actor, now() + interval '5 seconds', f.hops, f.run_id
    FROM fresh f WHERE f.run_id IS NOT NULL
  ), head_row AS (
    UPDATE stream_heads SET head = safe_head + (SELECT count(*) FROM fresh) WHERE workspace_id = p_workspace
  )
  SELECT i.ord::int, coalesce(i.first_position, f.position),
    CASE WHEN i.first_position IS NULL THEN i.run_id ELSE i.first_run END, i.first_position IS NOT NULL
  FROM input i LEFT JOIN fresh f ON f.ord = i.ord
  ORDER BY i.ord;
END
$$;
