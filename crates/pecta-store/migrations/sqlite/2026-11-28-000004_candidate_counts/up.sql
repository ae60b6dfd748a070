-- How a candidate policy would have judged otherwise, counted. Nothing of an output is kept.
CREATE TABLE candidate_counts (
    org_id BIGINT NOT NULL REFERENCES orgs (id),
    -- The version of the candidate.
    version BIGINT NOT NULL,
    -- What was counted: the caller's words.
    what TEXT NOT NULL,
    -- Of which gate, agent or tool, and of which rule; empty for all.
    name TEXT NOT NULL,
    rule TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (org_id, version, what, name, rule)
);
