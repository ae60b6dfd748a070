ALTER TABLE events RESET (autovacuum_vacuum_insert_scale_factor);

DROP INDEX events_by_agent;
CREATE INDEX events_by_agent ON events (org_id, agent_id, passed, created_at, id, tool);
