-- Tenants. Looked up without an org, so the key does not begin with one.
CREATE TABLE orgs (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);
