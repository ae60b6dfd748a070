-- The places of events by agent: an index that is kept by hand, because it is behind the events. Each new
-- event would change a page of its own; an agent's latest events are added together, when its row is saved.
CREATE TABLE agent_events (
    org_id BIGINT NOT NULL,
    agent_id TEXT NOT NULL,
    passed BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    id BLOB NOT NULL,
    tool TEXT,
    source TEXT NOT NULL,
    PRIMARY KEY (org_id, agent_id, passed, created_at, id)
) WITHOUT ROWID;
INSERT INTO agent_events
    SELECT org_id, agent_id, passed, created_at, id, tool, source FROM events
    ORDER BY org_id, agent_id, passed, created_at, id;
DROP INDEX events_by_agent;
CREATE TRIGGER event_deleted AFTER DELETE ON events BEGIN
    DELETE FROM agent_events
    WHERE org_id = old.org_id AND agent_id = old.agent_id AND passed = old.passed
        AND created_at = old.created_at AND id = old.id;
END;
