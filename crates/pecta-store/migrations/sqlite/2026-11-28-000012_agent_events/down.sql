DROP TRIGGER event_deleted;
CREATE INDEX events_by_agent ON events (org_id, agent_id, passed, created_at, id, tool);
DROP TABLE agent_events;
