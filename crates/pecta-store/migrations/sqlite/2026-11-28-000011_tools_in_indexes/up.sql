-- With the tool at its end an index tells the places of a page by tool, without a look at the rows.
DROP INDEX events_by_time;
DROP INDEX events_by_agent;
CREATE INDEX events_by_time ON events (org_id, passed, created_at, id, tool);
CREATE INDEX events_by_agent ON events (org_id, agent_id, passed, created_at, id, tool);
