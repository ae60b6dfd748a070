-- With the source at its end, too, it tells the places of a page by source: the rows of one agent lie far apart.
DROP INDEX events_by_agent;
CREATE INDEX events_by_agent ON events (org_id, agent_id, passed, created_at, id, tool, source);

-- Places are told by the indexes alone as far as the last vacuum came; behind it each row is looked up. By default that
-- comes when a fifth of the table is new.
ALTER TABLE events SET (autovacuum_vacuum_insert_scale_factor = 0.02);
