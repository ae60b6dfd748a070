-- The versions of an org's policies, each as it was sent.
CREATE TABLE policies (
    org_id BIGINT NOT NULL REFERENCES orgs (id),
    -- The one that judges, and the one that runs beside it.
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('live', 'candidate')),
    -- 1, 2, 3 ... per org and role. The newest one holds.
    version BIGINT NOT NULL,
    -- Null: from then on there was none.
    document TEXT,
    created_at BIGINT NOT NULL,
    key_id BIGINT NOT NULL,
    PRIMARY KEY (org_id, role, version)
);
