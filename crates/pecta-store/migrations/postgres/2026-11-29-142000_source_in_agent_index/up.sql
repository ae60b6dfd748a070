-- With the source at its end, too, it tells the places of a page by source: the rows of one agent lie far apart.
DROP INDEX events_by_agent;
CREATE INDEX events_by_agent ON events (org_id, agent_id, passed, created_at, id, tool, source);
