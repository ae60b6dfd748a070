-- One row per agent, with the window that its score is computed from. Ids compare by their bytes, as
-- they do everywhere else.
CREATE TABLE agents (
    org_id BIGINT NOT NULL REFERENCES orgs (id),
    agent_id TEXT COLLATE "C" NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    -- Evaluations in the agent's life, which is also the sequence of its newest event.
    eval_count BIGINT NOT NULL,
    -- The sequence of the newest event that the stored windows cover.
    window_sequence BIGINT NOT NULL,
    "window" BYTEA,
    -- The same over trusted events only.
    verified_window BYTEA,
    PRIMARY KEY (org_id, agent_id)
);

CREATE INDEX agents_by_last_seen ON agents (org_id, last_seen, agent_id);
