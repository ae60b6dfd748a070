-- Hits of gates that do not count, until a moment.
CREATE TABLE suppressions (
    org_id BIGINT NOT NULL REFERENCES orgs (id),
    -- 128 bits, ordered by the time of making.
    id BYTEA NOT NULL,
    -- The name of the gate and its rule.
    gate TEXT NOT NULL,
    rule TEXT NOT NULL,
    -- Patterns; null for all.
    agent TEXT,
    tool TEXT,
    -- A JSON Pointer; null for everywhere.
    pointer TEXT,
    reason TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    key_id BIGINT NOT NULL,
    PRIMARY KEY (org_id, id)
);
