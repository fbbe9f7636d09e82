-- Write progress and heartbeat of one attempt at a job and answer whether it shall stop.
-- No row comes back when the job was resumed elsewhere: this attempt is over.
-- SKIP LOCKED: while the work's own transaction holds the row (it has just saved its cursor), the
-- report waits for the next time instead of for that transaction.
WITH free AS (
    SELECT id FROM offices_job
    WHERE %(write)s AND id = %(id)s AND attempt = %(attempt)s AND status = 'running'
    FOR NO KEY UPDATE SKIP LOCKED
), written AS (
    UPDATE offices_job AS job
    SET done = %(done)s, total = %(total)s, step = %(step)s, beat_at = %(now)s
    FROM free WHERE job.id = free.id
)
SELECT cancel_requested FROM offices_job
WHERE id = %(id)s AND attempt = %(attempt)s AND status = 'running';
