-- The signatures with a time that were accepted, each once. A row goes when its time is so old that it is refused anyway.
CREATE TABLE signatures_seen (
    org_id BIGINT NOT NULL REFERENCES orgs (id),
    -- Seconds since the Unix epoch.
    signed_at BIGINT NOT NULL,
    mac BLOB NOT NULL,
    PRIMARY KEY (org_id, signed_at, mac)
) WITHOUT ROWID;
