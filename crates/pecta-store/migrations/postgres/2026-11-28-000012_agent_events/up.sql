-- SQLite's alone: there agents are in memory, and so are the places of their newest events.
SELECT 1;
