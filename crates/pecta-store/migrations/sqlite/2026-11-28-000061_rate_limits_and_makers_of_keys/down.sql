ALTER TABLE api_keys DROP COLUMN created_by;
ALTER TABLE api_keys DROP COLUMN rate_limit_default;
ALTER TABLE api_keys DROP COLUMN rate_limit_ingest;
ALTER TABLE orgs DROP COLUMN rate_limit_default;
ALTER TABLE orgs DROP COLUMN rate_limit_ingest;
