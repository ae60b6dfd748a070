-- Whether verdicts that are sent to the org must be signed.
ALTER TABLE orgs ADD COLUMN require_signature BOOLEAN NOT NULL DEFAULT FALSE;
