-- With all that a listing of agents shows, so that it reads no row: these hold the windows.
DROP INDEX agents_by_last_seen;
CREATE INDEX agents_by_last_seen ON agents (org_id, last_seen, agent_id, first_seen, eval_count);
