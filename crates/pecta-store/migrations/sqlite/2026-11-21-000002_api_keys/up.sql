-- Keys, found by their hash. Times are microseconds since the Unix epoch.
CREATE TABLE api_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    org_id BIGINT NOT NULL REFERENCES orgs (id),
    kind TEXT NOT NULL CHECK (kind IN ('pk', 'sk')),
    name TEXT,
    hash BLOB NOT NULL UNIQUE,
    last_four TEXT NOT NULL,
    -- A secret key also signs, so it is kept, sealed under the master key that `master_key_id` names.
    sealed BLOB,
    master_key_id TEXT,
    scopes TEXT NOT NULL,
    -- The agents that the key may write for, one pattern a line; null for all.
    agents TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    revoked_at BIGINT
);

CREATE INDEX api_keys_by_org ON api_keys (org_id, id);
