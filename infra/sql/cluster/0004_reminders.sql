-- Which grain wants to be woken when. Silos share the work by ranges of the hash, hence its index.
CREATE TABLE IF NOT EXISTS grain_reminder
(
    service_id    text        NOT NULL,
    grain_id      text        NOT NULL,
    name          text        NOT NULL,
    grain_hash    integer     NOT NULL, -- Orleans' unsigned hash, as the signed number of the same bits
    start_at      timestamptz NOT NULL,
    period        bigint      NOT NULL, -- milliseconds
    version       integer     NOT NULL DEFAULT 0,
    PRIMARY KEY (service_id, grain_id, name)
);
CREATE INDEX IF NOT EXISTS grain_reminder_by_hash ON grain_reminder (service_id, grain_hash);

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('UpsertReminderRowKey', $sql$
    INSERT INTO grain_reminder AS r (service_id, grain_id, name, grain_hash, start_at, period)
    VALUES (@ServiceId, @GrainId, @ReminderName, @GrainHash, @StartTime, @Period)
    ON CONFLICT (service_id, grain_id, name)
    DO UPDATE SET grain_hash = excluded.grain_hash, start_at = excluded.start_at, period = excluded.period, version = r.version + 1
    RETURNING version AS Version
$sql$),
('ReadReminderRowsKey', $sql$
    SELECT grain_id AS GrainId, name AS ReminderName, start_at AS StartTime, period AS Period, version AS Version
    FROM grain_reminder WHERE service_id = @ServiceId AND grain_id = @GrainId
$sql$),
('ReadReminderRowKey', $sql$
    SELECT grain_id AS GrainId, name AS ReminderName, start_at AS StartTime, period AS Period, version AS Version
    FROM grain_reminder WHERE service_id = @ServiceId AND grain_id = @GrainId AND name = @ReminderName
$sql$),
-- A range that does not wrap around …
('ReadRangeRows1Key', $sql$
    SELECT grain_id AS GrainId, name AS ReminderName, start_at AS StartTime, period AS Period, version AS Version
    FROM grain_reminder WHERE service_id = @ServiceId AND grain_hash > @BeginHash AND grain_hash <= @EndHash
$sql$),
-- … and one that does.
('ReadRangeRows2Key', $sql$
    SELECT grain_id AS GrainId, name AS ReminderName, start_at AS StartTime, period AS Period, version AS Version
    FROM grain_reminder WHERE service_id = @ServiceId AND (grain_hash > @BeginHash OR grain_hash <= @EndHash)
$sql$),
('DeleteReminderRowKey', $sql$
    WITH gone AS (
        DELETE FROM grain_reminder
        WHERE service_id = @ServiceId AND grain_id = @GrainId AND name = @ReminderName AND version = @Version
        RETURNING 1)
    SELECT count(*)::integer FROM gone
$sql$),
('DeleteReminderRowsKey', $sql$
    DELETE FROM grain_reminder WHERE service_id = @ServiceId
$sql$)
ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText;
