-- Windows would lack what is in the tails.
DO $$ BEGIN
    IF EXISTS (SELECT FROM agents WHERE tail IS NOT NULL) THEN
        RAISE EXCEPTION 'windows are stored in two parts';
    END IF;
END $$;
DROP INDEX agents_by_last_seen;
ALTER TABLE agents RESET (fillfactor, toast_tuple_target);
ALTER TABLE agents DROP COLUMN seen_span;
ALTER TABLE agents DROP COLUMN newest_event;
ALTER TABLE agents DROP COLUMN tail;
CREATE INDEX agents_by_last_seen ON agents (org_id, last_seen, agent_id);
