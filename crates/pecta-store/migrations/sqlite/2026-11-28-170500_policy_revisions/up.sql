-- What judges an org's outputs has a number that grows with every change of its policies and suppressions, so that servers
-- see with one look whether what they hold is still good. An org without a row has changed nothing.
CREATE TABLE policy_revisions (
    org_id BIGINT NOT NULL PRIMARY KEY REFERENCES orgs (id),
    revision BIGINT NOT NULL
);
-- Servers that hold what was there before have no number for it.
INSERT INTO policy_revisions (org_id, revision)
SELECT org_id, 1 FROM policies UNION SELECT org_id, 1 FROM suppressions;
