DROP INDEX agents_by_last_seen;
CREATE INDEX agents_by_last_seen ON agents (org_id, last_seen, agent_id);
