-- Whether a signature that is required must cover a time.
ALTER TABLE orgs ADD COLUMN require_timed_signature BOOLEAN NOT NULL DEFAULT FALSE;
