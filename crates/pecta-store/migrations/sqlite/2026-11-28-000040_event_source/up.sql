-- Without a verified window the two windows of an agent are the same. Of agents whose newest 500 events, as far
-- as their rows cover them, are not all here and verified: the newest 500 here that are.
WITH newest AS (
    SELECT org_id, agent_id, count(*) FILTER (WHERE source <> 'unsigned') AS verified
    FROM agents JOIN events USING (org_id, agent_id)
    WHERE sequence > eval_count - 500 AND sequence <= eval_count
    GROUP BY org_id, agent_id
), mixed AS (
    SELECT org_id, agent_id, eval_count
    FROM agents LEFT JOIN newest USING (org_id, agent_id)
    WHERE COALESCE(verified, 0) < min(eval_count, 500)
), ranked AS (
    SELECT org_id, agent_id, sequence, passed, latency_us AS us,
        row_number() OVER (PARTITION BY org_id, agent_id ORDER BY sequence DESC) AS age
    FROM mixed JOIN events USING (org_id, agent_id)
    WHERE source <> 'unsigned' AND sequence <= eval_count
), windows AS (
    -- Four bytes each, the lowest first; the top bit says that it passed.
    SELECT org_id, agent_id, group_concat(
        printf('%02X%02X%02X%02X', us & 255, us >> 8 & 255, us >> 16 & 255, (us >> 24) + 128 * passed),
        '' ORDER BY sequence) AS evaluations
    FROM ranked WHERE age <= 500
    GROUP BY org_id, agent_id
)
UPDATE agents SET verified_window = unhex('01' || COALESCE(windows.evaluations, ''))
FROM mixed LEFT JOIN windows USING (org_id, agent_id)
WHERE agents.org_id = mixed.org_id AND agents.agent_id = mixed.agent_id;
