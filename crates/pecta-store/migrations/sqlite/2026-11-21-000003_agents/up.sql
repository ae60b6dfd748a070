-- One row per agent, with the window that its score is computed from.
CREATE TABLE agents (
    org_id BIGINT NOT NULL REFERENCES orgs (id),
    agent_id TEXT NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    -- Evaluations in the agent's life, which is also the sequence of its newest event.
    eval_count BIGINT NOT NULL,
    -- The sequence of the newest event that the stored windows cover.
    window_sequence BIGINT NOT NULL,
    "window" BLOB,
    -- The same over trusted events only.
    verified_window BLOB,
    PRIMARY KEY (org_id, agent_id)
);

CREATE INDEX agents_by_last_seen ON agents (org_id, last_seen, agent_id);
