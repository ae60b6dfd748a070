ALTER TABLE events DROP COLUMN findings;
