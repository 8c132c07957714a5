-- Retries and reruns: new runs that take over what stands of an earlier one. `seed` says what: {fromRunId, reuse: [step
-- ids], keptGenerations: {step id: generation}}. It is read once, by the worker that starts the run.
ALTER TABLE runs ADD COLUMN seed json;

-- All that came from one first run: who of them still goes on, and which generation of idempotency keys is the next.
-- Other runs are not in it, so the hot insert only tests a null.
CREATE INDEX runs_origin_idx ON runs (origin_run_id, id) WHERE retry_of IS NOT NULL;
