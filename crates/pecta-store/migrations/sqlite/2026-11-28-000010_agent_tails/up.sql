-- PostgreSQL's alone: here agents are in memory, and their rows are written in turns.
SELECT 1;
