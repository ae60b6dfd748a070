ALTER TABLE orgs DROP COLUMN require_timed_signature;
