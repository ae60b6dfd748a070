-- SQLite's alone: here no agent is in memory without a look at its row.
SELECT 1;
