-- One row per evaluation: verdicts and figures, never the payload.
CREATE TABLE events (
    -- Its org is that of its agent: a reference would look the org up for every event.
    org_id BIGINT NOT NULL,
    -- 128 bits, ordered by the time of recording.
    id BLOB NOT NULL,
    agent_id TEXT NOT NULL,
    -- 1, 2, 3 ... per agent, in the order of counting.
    sequence BIGINT NOT NULL,
    tool TEXT,
    passed BOOLEAN NOT NULL,
    -- The gates' reports, as JSON.
    gates TEXT NOT NULL,
    total_latency_us BIGINT NOT NULL,
    -- The latency that counts in the score.
    latency_us BIGINT NOT NULL,
    -- The agent's score right after this event.
    score SMALLINT NOT NULL,
    -- The event's own timestamp, in whole milliseconds.
    created_at BIGINT NOT NULL,
    evaluation_id TEXT,
    idempotency_key TEXT,
    -- Not `IN`: SQLite would fill a table with the list for every row that is inserted.
    source TEXT NOT NULL CHECK (source = 'evaluated' OR source = 'signed' OR source = 'unsigned'),
    key_id BIGINT NOT NULL,
    policy_version BIGINT,
    PRIMARY KEY (org_id, id)
) WITHOUT ROWID;

-- With the verdict in front of the time, each index serves every filter by verdict, agent and time; a
-- listing of both verdicts merges two ranges.
CREATE INDEX events_by_time ON events (org_id, passed, created_at, id);
CREATE INDEX events_by_agent ON events (org_id, agent_id, passed, created_at, id);
CREATE UNIQUE INDEX events_evaluation_id ON events (org_id, evaluation_id)
    WHERE evaluation_id IS NOT NULL;
CREATE UNIQUE INDEX events_idempotency_key ON events (org_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
