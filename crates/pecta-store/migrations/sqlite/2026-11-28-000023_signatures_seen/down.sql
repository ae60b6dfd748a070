DROP TABLE signatures_seen;
