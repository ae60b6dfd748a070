-- Counting an event writes a small row in place: no window, and no entry of an index.
-- The evaluations behind `window_sequence`, in the form of a window.
ALTER TABLE agents ADD COLUMN tail BYTEA;
-- The id of the newest event that was counted: two rows that name the same one hold the same windows.
ALTER TABLE agents ADD COLUMN newest_event BYTEA;
-- About 17 seconds, by which the listing is found. An index on the time itself would change with every event.
ALTER TABLE agents ADD COLUMN seen_span BIGINT GENERATED ALWAYS AS (last_seen >> 24) STORED;
DROP INDEX agents_by_last_seen;
CREATE INDEX agents_by_last_seen ON agents (org_id, seen_span);
-- Room for new versions on the same page, and windows apart from it.
ALTER TABLE agents SET (fillfactor = 50, toast_tuple_target = 256);
