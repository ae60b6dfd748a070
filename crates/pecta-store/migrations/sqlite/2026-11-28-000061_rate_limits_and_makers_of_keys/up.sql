-- Requests in 60 seconds; null where the server's limit holds, and for a key where it has none of its own.
ALTER TABLE orgs ADD COLUMN rate_limit_ingest BIGINT;
ALTER TABLE orgs ADD COLUMN rate_limit_default BIGINT;
ALTER TABLE api_keys ADD COLUMN rate_limit_ingest BIGINT;
ALTER TABLE api_keys ADD COLUMN rate_limit_default BIGINT;
-- The key that made this one; null for those made on the command line.
ALTER TABLE api_keys ADD COLUMN created_by BIGINT;
