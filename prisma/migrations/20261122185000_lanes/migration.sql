-- Lanes: runs of one key go one after the other in the order of the stream, and a flow has so many under way at once and
-- no more. Only runs of flows that ask for either pay for it: all others have nulls here and no row.

-- How runs of the live version share their time, as its settings say it. The key is a template over `event`.
ALTER TABLE flow_triggers ADD COLUMN lane_key text, ADD COLUMN concurrency int;

-- The same for one run, reckoned where it was created. `lane_fault`: the key could not be computed, and the run fails
-- when it starts; it stands in no lane.
ALTER TABLE runs ADD COLUMN lane_key text, ADD COLUMN concurrency int, ADD COLUMN lane_fault text;

-- What admission and release lock: one row per flow, because a run may need its key's turn and one of the flow's places,
-- and one lock for both can neither be taken in the wrong order nor be left behind for a key that nobody uses any more.
CREATE TABLE flow_lanes (
  workspace_id uuid NOT NULL,
  flow_id uuid NOT NULL,
  PRIMARY KEY (workspace_id, flow_id),
  FOREIGN KEY (workspace_id, flow_id) REFERENCES flows (workspace_id, id)
);

CREATE SEQUENCE lane_turn AS bigint;

-- Runs with a place in a lane, from the commit that creates them to the one that ends them. Changed only under the lock
-- of their flow; inserted without it, under what orders them: the stream's head or the router's checkpoint.
CREATE TABLE lane_runs (
  workspace_id uuid NOT NULL,
  run_id uuid NOT NULL,
  flow_id uuid NOT NULL,
  -- null: in no order
  key text,
  -- null: no limit
  concurrency int,
  -- of the event; of one that delivers an old event again, that of the next event to come
  position bigint NOT NULL,
  -- decides between runs of one position
  turn bigint NOT NULL DEFAULT nextval('lane_turn'),
  -- made by the router, so that every event before it has been routed
  is_routed boolean NOT NULL,
  -- It is this run's turn, until it ends. One per key, but for children that share the turn of an ancestor.
  has_key boolean NOT NULL DEFAULT false,
  is_shared boolean NOT NULL DEFAULT false,
  -- One of the flow's places: wanted while the run could move, had until it parks.
  wants_slot boolean NOT NULL DEFAULT false,
  has_slot boolean NOT NULL DEFAULT false,
  -- It may move since, and nobody is known to carry it: past this instant the reconciler rings.
  ring_at timestamptz(3),
  -- since when it stands in line, has its turn, and wants the place it does not have
  joined_at timestamptz(3) NOT NULL DEFAULT now(),
  key_at timestamptz(3),
  wants_at timestamptz(3),
  -- Run first, and flow first below: over a young table, what begins with the workspace looks as good as the whole key.
  PRIMARY KEY (run_id, workspace_id),
  FOREIGN KEY (workspace_id, run_id) REFERENCES runs (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX lane_runs_queue_idx ON lane_runs (flow_id, key, position, turn) WHERE key IS NOT NULL;
CREATE UNIQUE INDEX lane_runs_key_idx ON lane_runs (flow_id, key) WHERE has_key AND NOT is_shared;
CREATE INDEX lane_runs_shared_idx ON lane_runs (flow_id, key) WHERE is_shared;
CREATE INDEX lane_runs_wants_idx ON lane_runs (flow_id, position, turn) WHERE wants_slot;
CREATE INDEX lane_runs_slots_idx ON lane_runs (flow_id, position, turn) WHERE has_slot;
CREATE INDEX lane_runs_ring_idx ON lane_runs (ring_at) WHERE ring_at IS NOT NULL;

-- Puts runs at the tail. In the transaction that creates them.
CREATE FUNCTION join_lanes(p_workspace uuid, p_runs uuid[], p_is_routed boolean, p_position bigint)
RETURNS void LANGUAGE sql VOLATILE AS $$
  INSERT INTO lane_runs (workspace_id, run_id, flow_id, key, concurrency, position, is_routed)
  SELECT r.workspace_id, r.id, r.flow_id, r.lane_key, r.concurrency, coalesce(p_position, r.event_position), p_is_routed
  FROM unnest(p_runs) WITH ORDINALITY AS i(id, ord)
  CROSS JOIN LATERAL (SELECT * FROM runs r WHERE r.workspace_id = p_workspace AND r.id = i.id LIMIT 1) r
  WHERE r.lane_key IS NOT NULL OR r.concurrency IS NOT NULL
  ORDER BY i.ord
$$;

-- Locks the lanes of flows, in order of their ids. What is looked at afterwards must be looked at in new statements: one
-- that locks has taken its snapshot before it waited.
CREATE FUNCTION lock_lanes(p_workspaces uuid[], p_flows uuid[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  f record;
BEGIN
  FOR f IN SELECT DISTINCT flow_id, workspace_id FROM unnest(p_workspaces, p_flows) AS i(workspace_id, flow_id)
    ORDER BY flow_id
  LOOP
    PERFORM 1 FROM flow_lanes l WHERE l.workspace_id = f.workspace_id AND l.flow_id = f.flow_id FOR UPDATE;
    IF NOT FOUND THEN
      INSERT INTO flow_lanes (workspace_id, flow_id) VALUES (f.workspace_id, f.flow_id) ON CONFLICT DO NOTHING;
      PERFORM 1 FROM flow_lanes l WHERE l.workspace_id = f.workspace_id AND l.flow_id = f.flow_id FOR UPDATE;
    END IF;
  END LOOP;
END
$$;

-- Gives free keys to the first in line, and free places in order. Under the lock of the flows.
-- Returns the runs that got something; `is_admitted`: they lack nothing any more.
CREATE FUNCTION grant_lanes(p_workspaces uuid[], p_flows uuid[], p_keys text[])
RETURNS TABLE (workspace_id uuid, run_id uuid, is_admitted boolean) LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
  f record;
  candidate record;
  used int;
BEGIN
  RETURN QUERY
  UPDATE lane_runs l SET has_key = true, key_at = now(), wants_slot = l.concurrency IS NOT NULL, wants_at = now(),
    ring_at = CASE WHEN l.concurrency IS NULL THEN now() + interval '5 seconds' END
  FROM (
    SELECT DISTINCT i.workspace_id, i.flow_id, i.key FROM unnest(p_workspaces, p_flows, p_keys)
      AS i(workspace_id, flow_id, key) WHERE i.key IS NOT NULL
  ) k
  CROSS JOIN LATERAL (
    SELECT n.run_id, n.is_routed, n.position FROM lane_runs n WHERE n.flow_id = k.flow_id AND n.key = k.key
    ORDER BY n.position, n.turn LIMIT 1
  ) first
  WHERE l.workspace_id = k.workspace_id AND l.run_id = first.run_id
    AND NOT EXISTS (SELECT 1 FROM lane_runs h WHERE h.flow_id = k.flow_id AND h.key = k.key AND h.has_key
      AND NOT h.is_shared)
    AND NOT EXISTS (SELECT 1 FROM lane_runs h WHERE h.flow_id = k.flow_id AND h.key = k.key AND h.is_shared)
    AND (first.is_routed OR lanes_are_routed(k.workspace_id, k.flow_id, first.position))
  RETURNING l.workspace_id, l.run_id, l.concurrency IS NULL;

  FOR f IN SELECT DISTINCT i.workspace_id, i.flow_id FROM unnest(p_workspaces, p_flows) AS i(workspace_id, flow_id)
  LOOP
    used := NULL;
    LOOP
      -- One by one in the order of the index; for all at once they would be gathered and sorted, however many wait.
      SELECT w.run_id, w.concurrency INTO candidate FROM lane_runs w WHERE w.flow_id = f.flow_id AND w.wants_slot
      ORDER BY w.position, w.turn LIMIT 1;
      EXIT WHEN NOT FOUND;
      IF used IS NULL THEN
        SELECT count(*) INTO used FROM lane_runs u WHERE u.flow_id = f.flow_id AND u.has_slot;
      END IF;
      -- Whoever asks for fewer is not overtaken by those who would take more.
      EXIT WHEN used >= candidate.concurrency;
      used := used + 1;
      UPDATE lane_runs l SET has_slot = true, wants_slot = false, ring_at = now() + interval '5 seconds'
      WHERE l.workspace_id = f.workspace_id AND l.run_id = candidate.run_id;
      workspace_id := f.workspace_id;
      run_id := candidate.run_id;
      is_admitted := true;
      RETURN NEXT;
    END LOOP;
  END LOOP;
END
$$;

-- Whether every event before this position has its runs. Only then is the first in line the first: a flow that also
-- subscribes to events gets those runs from the router, a moment after the runs that others address to it.
CREATE FUNCTION lanes_are_routed(p_workspace uuid, p_flow uuid, p_position bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT NOT EXISTS (
    SELECT 1 FROM flow_triggers t
    WHERE t.workspace_id = p_workspace AND t.flow_id = p_flow AND t.kind = 'trigger.event'
  ) OR EXISTS (
    SELECT 1 FROM stream_checkpoints c
    WHERE c.workspace_id = p_workspace AND c.consumer = 'router' AND c.position >= p_position - 1
  )
$$;

-- Whether it is the turn of a run that this one comes from. One step at a time: most runs have no parent, and one statement
-- over all steps is planned as if every run of the workspace were one.
CREATE FUNCTION ancestor_has_turn(p_workspace uuid, p_run uuid, p_flow uuid, p_key text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
  ancestor uuid := p_run;
BEGIN
  -- twice as deep as flows may call each other
  FOR depth IN 1..64 LOOP
    SELECT r.parent_run_id INTO ancestor FROM runs r WHERE r.workspace_id = p_workspace AND r.id = ancestor LIMIT 1;
    IF ancestor IS NULL THEN RETURN false; END IF;
    PERFORM 1 FROM lane_runs h
    WHERE h.run_id = ancestor AND h.workspace_id = p_workspace AND h.flow_id = p_flow AND h.key = p_key AND h.has_key;
    IF FOUND THEN RETURN true; END IF;
  END LOOP;
  RETURN false;
END
$$;

-- Asks for the turn of runs that could move. Volatile, and the lock is its first statement.
-- `verdict`: 'admitted'; 'key', 'slot' or 'router': not yet, `behind` is a run it waits for; 'gone': the run has moved on
-- since `p_journal_ns` was read; 'ready': another run, not asked for, that may move now and should be rung.
CREATE FUNCTION admit_runs(p_workspaces uuid[], p_runs uuid[], p_journal_ns int[])
RETURNS TABLE (workspace_id uuid, run_id uuid, verdict text, behind uuid) LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
  workspaces uuid[];
  flows uuid[];
  keys text[];
BEGIN
  SELECT array_agg(l.workspace_id), array_agg(l.flow_id), array_agg(l.key) INTO workspaces, flows, keys
  FROM unnest(p_workspaces, p_runs) AS i(workspace_id, run_id)
  CROSS JOIN LATERAL (
    SELECT * FROM lane_runs l WHERE l.workspace_id = i.workspace_id AND l.run_id = i.run_id LIMIT 1
  ) l;
  IF flows IS NOT NULL THEN
    PERFORM lock_lanes(workspaces, flows);

    -- A child shares the turn of an ancestor that has the same key: it would wait for the one that waits for it.
    UPDATE lane_runs l SET has_key = true, is_shared = true, key_at = now()
    FROM unnest(p_workspaces, p_runs) AS i(workspace_id, run_id)
    WHERE l.workspace_id = i.workspace_id AND l.run_id = i.run_id AND l.key IS NOT NULL AND NOT l.has_key
      AND ancestor_has_turn(l.workspace_id, l.run_id, l.flow_id, l.key);

    UPDATE lane_runs l SET wants_slot = true, wants_at = now()
    FROM unnest(p_workspaces, p_runs, p_journal_ns) AS i(workspace_id, run_id, journal_n)
    JOIN runs r ON r.workspace_id = i.workspace_id AND r.id = i.run_id
    WHERE l.workspace_id = i.workspace_id AND l.run_id = i.run_id AND l.concurrency IS NOT NULL
      AND (l.key IS NULL OR l.has_key) AND NOT l.has_slot AND NOT l.wants_slot
      AND r.journal_n = i.journal_n;

    RETURN QUERY
    SELECT g.workspace_id, g.run_id, 'ready', NULL::uuid FROM grant_lanes(workspaces, flows, keys) g
    WHERE NOT (g.run_id = ANY (p_runs));
  END IF;

  RETURN QUERY
  SELECT i.workspace_id, i.run_id,
    CASE
      WHEN l.run_id IS NULL OR r.journal_n <> i.journal_n THEN 'gone'
      WHEN l.key IS NOT NULL AND NOT l.has_key THEN CASE WHEN ahead.run_id IS NULL THEN 'router' ELSE 'key' END
      WHEN l.concurrency IS NOT NULL AND NOT l.has_slot THEN 'slot'
      ELSE 'admitted'
    END,
    CASE
      WHEN l.key IS NOT NULL AND NOT l.has_key THEN ahead.run_id
      WHEN l.concurrency IS NOT NULL AND NOT l.has_slot THEN (
        SELECT u.run_id FROM lane_runs u WHERE u.flow_id = l.flow_id AND u.has_slot ORDER BY u.position, u.turn LIMIT 1)
    END
  FROM unnest(p_workspaces, p_runs, p_journal_ns) AS i(workspace_id, run_id, journal_n)
  CROSS JOIN LATERAL (
    SELECT r.journal_n FROM runs r WHERE r.workspace_id = i.workspace_id AND r.id = i.run_id LIMIT 1
  ) r
  LEFT JOIN LATERAL (
    SELECT * FROM lane_runs l WHERE l.workspace_id = i.workspace_id AND l.run_id = i.run_id LIMIT 1
  ) l ON true
  LEFT JOIN LATERAL (
    -- The one right before it; or whoever has the turn, when a run with an earlier event came late.
    (SELECT a.run_id FROM lane_runs a WHERE a.flow_id = l.flow_id AND a.key = l.key
      AND (a.position, a.turn) < (l.position, l.turn) ORDER BY a.position DESC, a.turn DESC LIMIT 1)
    UNION ALL
    (SELECT h.run_id FROM lane_runs h WHERE h.flow_id = l.flow_id AND h.key = l.key AND h.has_key AND NOT h.is_shared
      LIMIT 1)
    LIMIT 1
  ) ahead ON l.key IS NOT NULL AND NOT l.has_key;
END
$$;

-- Gives back what runs had. One that ended leaves its lanes; one that parked keeps its key and frees its place. In the
-- transaction of the append that does it. Returns the runs to be rung: those whose turn it is, and those that are told
-- wrongly what they wait for, because it left the line before its turn.
CREATE FUNCTION release_lanes(p_workspaces uuid[], p_runs uuid[], p_has_ended boolean[])
RETURNS TABLE (workspace_id uuid, run_id uuid) LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
  workspaces uuid[];
  flows uuid[];
  keys text[];
BEGIN
  SELECT array_agg(l.workspace_id), array_agg(l.flow_id), array_agg(CASE WHEN i.has_ended THEN l.key END)
  INTO workspaces, flows, keys
  FROM unnest(p_workspaces, p_runs, p_has_ended) AS i(workspace_id, run_id, has_ended)
  CROSS JOIN LATERAL (
    SELECT * FROM lane_runs l WHERE l.workspace_id = i.workspace_id AND l.run_id = i.run_id LIMIT 1
  ) l;
  IF flows IS NULL THEN RETURN; END IF;
  PERFORM lock_lanes(workspaces, flows);

  UPDATE lane_runs l SET has_slot = false, wants_slot = false, ring_at = NULL
  FROM unnest(p_workspaces, p_runs, p_has_ended) AS i(workspace_id, run_id, has_ended)
  WHERE NOT i.has_ended AND l.workspace_id = i.workspace_id AND l.run_id = i.run_id;

  RETURN QUERY
  WITH gone AS (
    DELETE FROM lane_runs l USING unnest(p_workspaces, p_runs, p_has_ended) AS i(workspace_id, run_id, has_ended)
    WHERE i.has_ended AND l.workspace_id = i.workspace_id AND l.run_id = i.run_id
    RETURNING l.workspace_id, l.flow_id, l.key, l.position, l.turn, l.has_key
  )
  SELECT g.workspace_id, next.run_id FROM gone g
  CROSS JOIN LATERAL (
    SELECT n.run_id FROM lane_runs n WHERE n.flow_id = g.flow_id AND n.key = g.key
      AND (n.position, n.turn) > (g.position, g.turn) ORDER BY n.position, n.turn LIMIT 1
  ) next
  WHERE g.key IS NOT NULL AND NOT g.has_key;

  RETURN QUERY SELECT g.workspace_id, g.run_id FROM grant_lanes(workspaces, flows, keys) g;
END
$$;

-- The append, with the lanes of its runs: as before, and three parameters more. A process of the release before, which does
-- not give them, goes on appending.
DROP FUNCTION append_events;
CREATE FUNCTION append_events(
  p_workspace uuid,
  p_ids text[], p_sources text[], p_types text[], p_subjects text[], p_times timestamptz[], p_attributes text[],
  p_datas text[], p_data_payloads bytea[], p_raws bytea[], p_partition_keys text[], p_schema_versions int[],
  p_hops smallint[], p_caused_by uuid[], p_actors text[], p_key_ttls bigint[],
  p_run_ids uuid[], p_flow_ids uuid[], p_version_ids uuid[], p_versions int[], p_drafts boolean[],
  p_trigger_steps text[], p_trigger_kinds text[],
  p_lane_keys text[] DEFAULT '{}', p_concurrencies int[] DEFAULT '{}', p_lane_faults text[] DEFAULT '{}'
) RETURNS TABLE (ord int, event_position bigint, run_id uuid, is_duplicate boolean) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  safe_head bigint;
  -- three empty arrays, which stand for nulls, unless a member has a lane
  has_lanes CONSTANT boolean := cardinality(p_lane_keys) > 0;
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
          p_trigger_steps, p_trigger_kinds, p_lane_keys, p_concurrencies, p_lane_faults)
        WITH ORDINALITY AS i(id, source, type, "time", attributes, data, data_payload, raw, partition_key,
          schema_version, hops, caused_by, actor, run_id, flow_id, version_id, version, is_draft, trigger_step,
          trigger_kind, lane_key, concurrency, lane_fault, ord)
    ), event_rows AS (
      INSERT INTO events (number, workspace_id, position, received_at, id, source, type, time, attributes, data,
        data_payload, raw, partition_key, schema_version, hops, caused_by_run, actor)
      SELECT f.number, p_workspace, f.position, clock_timestamp(), f.id, f.source, f.type, f."time", f.attributes::json,
        f.data::json, f.data_payload, f.raw, f.partition_key, f.schema_version, f.hops, f.caused_by, f.actor
      FROM fresh f
    ), run_rows AS (
      INSERT INTO runs (workspace_id, id, flow_id, version_id, version, is_draft, trigger_step, trigger_kind,
        event_number, event_position, actor, due_at, hops, origin_run_id, lane_key, concurrency, lane_fault)
      SELECT p_workspace, f.run_id, f.flow_id, f.version_id, f.version, f.is_draft, f.trigger_step, f.trigger_kind,
        f.number, f.position, f.actor, now() + interval '5 seconds', f.hops, f.run_id, f.lane_key, f.concurrency,
        f.lane_fault
      FROM fresh f WHERE f.run_id IS NOT NULL
    ), head_row AS (
      UPDATE stream_heads SET head = safe_head + cardinality(p_ids) WHERE workspace_id = p_workspace
    )
    SELECT f.ord::int, f.position, f.run_id, false FROM fresh f;
    IF has_lanes THEN PERFORM join_lanes(p_workspace, p_run_ids, false, NULL); END IF;
    RETURN;
  END IF;

  RETURN QUERY
  WITH input AS MATERIALIZED (
    SELECT i.*, k.position AS first_position, k.run_id AS first_run
    FROM unnest(p_ids, p_sources, p_types, p_subjects, p_times, p_attributes, p_datas, p_data_payloads, p_raws,
        p_partition_keys, p_schema_versions, p_hops, p_caused_by, p_actors, p_key_ttls, p_run_ids, p_flow_ids,
        p_version_ids, p_versions, p_drafts, p_trigger_steps, p_trigger_kinds, p_lane_keys, p_concurrencies, p_lane_faults)
      WITH ORDINALITY AS i(id, source, type, subject, "time", attributes, data, data_payload, raw, partition_key,
        schema_version, hops, caused_by, actor, key_ttl, run_id, flow_id, version_id, version, is_draft, trigger_step,
        trigger_kind, lane_key, concurrency, lane_fault, ord)
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
      event_position, actor, due_at, hops, origin_run_id, lane_key, concurrency, lane_fault)
    SELECT p_workspace, f.run_id, f.flow_id, f.version_id, f.version, f.is_draft, f.trigger_step, f.trigger_kind,
      f.number, f.position, f.actor, now() + interval '5 seconds', f.hops, f.run_id, f.lane_key, f.concurrency, f.lane_fault
    FROM fresh f WHERE f.run_id IS NOT NULL
  ), head_row AS (
    UPDATE stream_heads SET head = safe_head + (SELECT count(*) FROM fresh) WHERE workspace_id = p_workspace
  )
  SELECT i.ord::int, coalesce(i.first_position, f.position),
    CASE WHEN i.first_position IS NULL THEN i.run_id ELSE i.first_run END, i.first_position IS NOT NULL
  FROM input i LEFT JOIN fresh f ON f.ord = i.ord
  ORDER BY i.ord;
  IF has_lanes THEN PERFORM join_lanes(p_workspace, p_run_ids, false, NULL); END IF;
END
$$;
