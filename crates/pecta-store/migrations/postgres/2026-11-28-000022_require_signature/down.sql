ALTER TABLE orgs DROP COLUMN require_signature;
