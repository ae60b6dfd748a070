-- Agents that another process erased: whoever has agents in memory forgets them, and takes the rows away.
CREATE TABLE erasures (
    org_id BIGINT NOT NULL,
    -- The digest of the agent's id, which must not stay.
    agent BLOB NOT NULL,
    PRIMARY KEY (org_id, agent)
) WITHOUT ROWID;
