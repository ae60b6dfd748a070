-- The key that a rotation put in the place of this one, which is then good for a while at most.
ALTER TABLE api_keys ADD COLUMN replaced_by BIGINT;
