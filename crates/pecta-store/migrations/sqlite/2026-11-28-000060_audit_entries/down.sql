ALTER TABLE orgs DROP COLUMN audit_head;
ALTER TABLE orgs DROP COLUMN audit_count;
DROP TABLE audit_entries;
