-- Every administrative act, chained: who changes one entry alone breaks the hash of all behind it.
CREATE TABLE audit_entries (
    org_id BIGINT NOT NULL REFERENCES orgs (id),
    -- 1, 2, 3 ... per org.
    sequence BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    actor TEXT NOT NULL CHECK (actor IN ('key', 'cli', 'server')),
    -- The key that acted and the address of its client; null for other actors.
    key_id BIGINT,
    address TEXT,
    act TEXT NOT NULL,
    -- What was acted on: an id or a name.
    subject TEXT NOT NULL,
    -- What is so from then on: a name and a value a line.
    changes TEXT NOT NULL,
    -- SHA-256 over the hash of the entry before and all of the above.
    hash BLOB NOT NULL,
    PRIMARY KEY (org_id, sequence)
);
-- How many entries there are, and the hash of the last one.
ALTER TABLE orgs ADD COLUMN audit_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orgs ADD COLUMN audit_head BLOB;
