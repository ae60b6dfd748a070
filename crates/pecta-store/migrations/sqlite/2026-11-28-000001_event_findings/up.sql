-- Where the gates found something, as JSON: places and rules, never the text that stands there.
ALTER TABLE events ADD COLUMN findings TEXT;
