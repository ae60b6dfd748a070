-- PostgreSQL's alone: here the table `agent_events` tells the source.
SELECT 1;
