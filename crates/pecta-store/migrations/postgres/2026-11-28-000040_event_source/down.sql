UPDATE agents SET verified_window = NULL WHERE verified_window IS NOT NULL;
ALTER TABLE agents DROP COLUMN verified_tail;
