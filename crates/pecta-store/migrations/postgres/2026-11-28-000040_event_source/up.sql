-- What `tail` is to `window`. Without a verified window the two windows are the same.
ALTER TABLE agents ADD COLUMN verified_tail BYTEA;
-- Of agents whose newest 500 events are not all here and verified: the newest 500 here that are.
WITH newest AS (
    SELECT org_id, agent_id, count(*) FILTER (WHERE source <> 'unsigned') AS verified
    FROM agents JOIN events USING (org_id, agent_id)
    WHERE sequence > eval_count - 500
    GROUP BY org_id, agent_id
), mixed AS (
    SELECT org_id, agent_id
    FROM agents LEFT JOIN newest USING (org_id, agent_id)
    WHERE COALESCE(verified, 0) < LEAST(eval_count, 500)
), ranked AS (
    SELECT org_id, agent_id, sequence, passed, latency_us AS us,
        row_number() OVER (PARTITION BY org_id, agent_id ORDER BY sequence DESC) AS age
    FROM mixed JOIN events USING (org_id, agent_id)
    WHERE source <> 'unsigned'
), windows AS (
    -- Four bytes each, the lowest first; the top bit says that it passed.
    SELECT org_id, agent_id, string_agg(
        set_byte(set_byte(set_byte(set_byte('\x00000000'::bytea,
            0, (us & 255)::int),
            1, (us >> 8 & 255)::int),
            2, (us >> 16 & 255)::int),
            3, (us >> 24)::int + CASE WHEN passed THEN 128 ELSE 0 END), '' ORDER BY sequence) AS evaluations
    FROM ranked WHERE age <= 500
    GROUP BY org_id, agent_id
)
UPDATE agents SET verified_window = '\x01'::bytea || COALESCE(windows.evaluations, '')
FROM mixed LEFT JOIN windows USING (org_id, agent_id)
WHERE agents.org_id = mixed.org_id AND agents.agent_id = mixed.agent_id;
