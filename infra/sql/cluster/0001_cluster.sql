-- The statements that Orleans' providers run, by the keys that they ask for.
CREATE TABLE OrleansQuery
(
    QueryKey  text PRIMARY KEY,
    QueryText text NOT NULL
);

-- Which silos form a cluster. The version of the whole table is what makes the membership protocol safe:
-- every change names the version that it was decided on and moves it on by one, or does nothing.
CREATE TABLE cluster_version
(
    cluster_id text PRIMARY KEY,
    version    integer     NOT NULL DEFAULT 0,
    changed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE cluster_member
(
    cluster_id    text        NOT NULL REFERENCES cluster_version (cluster_id) ON DELETE CASCADE,
    address       text        NOT NULL,
    port          integer     NOT NULL,
    generation    integer     NOT NULL, -- tells a restarted silo from its predecessor at the same address
    silo_name     text        NOT NULL,
    host_name     text        NOT NULL,
    status        integer     NOT NULL, -- Orleans.Runtime.SiloStatus; 3 = active
    gateway_port  integer     NOT NULL, -- 0 = takes no clients
    suspected     text,                 -- who voted this silo dead, and when
    started_at    timestamptz NOT NULL,
    heartbeat_at  timestamptz NOT NULL,
    PRIMARY KEY (cluster_id, address, port, generation)
);

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('InsertMembershipVersionKey', $sql$
    WITH made AS (
        INSERT INTO cluster_version (cluster_id) VALUES (@DeploymentId)
        ON CONFLICT (cluster_id) DO NOTHING
        RETURNING 1)
    SELECT count(*)::integer FROM made
$sql$),
('InsertMembershipKey', $sql$
    WITH moved AS (
        UPDATE cluster_version SET version = version + 1, changed_at = now()
        WHERE cluster_id = @DeploymentId AND version = @Version
          AND NOT EXISTS (SELECT 1 FROM cluster_member m
                          WHERE m.cluster_id = @DeploymentId AND m.address = @Address AND m.port = @Port AND m.generation = @Generation)
        RETURNING cluster_id),
    made AS (
        INSERT INTO cluster_member (cluster_id, address, port, generation, silo_name, host_name, status, gateway_port, started_at, heartbeat_at)
        SELECT cluster_id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM moved
        RETURNING 1)
    SELECT count(*)::integer FROM made
$sql$),
('UpdateMembershipKey', $sql$
    WITH moved AS (
        UPDATE cluster_version SET version = version + 1, changed_at = now()
        WHERE cluster_id = @DeploymentId AND version = @Version
          AND EXISTS (SELECT 1 FROM cluster_member m
                      WHERE m.cluster_id = @DeploymentId AND m.address = @Address AND m.port = @Port AND m.generation = @Generation)
        RETURNING cluster_id),
    changed AS (
        UPDATE cluster_member m SET status = @Status, suspected = @SuspectTimes, heartbeat_at = @IAmAliveTime
        FROM moved
        WHERE m.cluster_id = moved.cluster_id AND m.address = @Address AND m.port = @Port AND m.generation = @Generation
        RETURNING 1)
    SELECT count(*)::integer FROM changed
$sql$),
('UpdateIAmAlivetimeKey', $sql$
    UPDATE cluster_member SET heartbeat_at = @IAmAliveTime
    WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
$sql$),
-- One row for each silo; for a cluster without silos one row that has the version only.
('MembershipReadAllKey', $sql$
    SELECT v.cluster_id AS DeploymentId, m.address AS Address, m.port AS Port, m.generation AS Generation, m.silo_name AS SiloName, m.host_name AS HostName,
           m.status AS Status, m.gateway_port AS ProxyPort, m.suspected AS SuspectTimes, m.started_at AS StartTime, m.heartbeat_at AS IAmAliveTime, v.version AS Version
    FROM cluster_version v
    LEFT JOIN cluster_member m ON m.cluster_id = v.cluster_id
    WHERE v.cluster_id = @DeploymentId
$sql$),
('MembershipReadRowKey', $sql$
    SELECT v.cluster_id AS DeploymentId, m.address AS Address, m.port AS Port, m.generation AS Generation, m.silo_name AS SiloName, m.host_name AS HostName,
           m.status AS Status, m.gateway_port AS ProxyPort, m.suspected AS SuspectTimes, m.started_at AS StartTime, m.heartbeat_at AS IAmAliveTime, v.version AS Version
    FROM cluster_version v
    LEFT JOIN cluster_member m ON m.cluster_id = v.cluster_id AND m.address = @Address AND m.port = @Port AND m.generation = @Generation
    WHERE v.cluster_id = @DeploymentId
$sql$),
('GatewaysQueryKey', $sql$
    SELECT address AS Address, gateway_port AS ProxyPort, generation AS Generation
    FROM cluster_member
    WHERE cluster_id = @DeploymentId AND status = @Status AND gateway_port > 0
$sql$),
('DeleteMembershipTableEntriesKey', $sql$
    DELETE FROM cluster_version WHERE cluster_id = @DeploymentId
$sql$),
('CleanupDefunctSiloEntriesKey', $sql$
    DELETE FROM cluster_member
    WHERE cluster_id = @DeploymentId AND heartbeat_at < @IAmAliveTime AND status <> 3
$sql$);

-- What grains remember. A grain is known by its kind (a hash and the full name) and its key
-- (two numbers and a text; the text is '' where the key has none).
CREATE TABLE grain_state
(
    service_id text        NOT NULL,
    kind_hash  integer     NOT NULL,
    kind       text        NOT NULL,
    key_hash   integer     NOT NULL,
    key_low    bigint      NOT NULL,
    key_high   bigint      NOT NULL,
    key_text   text        NOT NULL DEFAULT '',
    version    integer     NOT NULL,
    payload    bytea,                   -- null: cleared
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (key_hash, kind_hash, key_low, key_high, key_text, kind, service_id)
);

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('ReadFromStorageKey', $sql$
    SELECT payload AS PayloadBinary, version AS Version
    FROM grain_state
    WHERE service_id = @ServiceId AND kind_hash = @GrainTypeHash AND kind = @GrainTypeString
      AND key_hash = @GrainIdHash AND key_low = @GrainIdN0 AND key_high = @GrainIdN1 AND key_text = coalesce(@GrainIdExtensionString, '')
$sql$),
-- With a version: replace it if it is still in force. Without: there must be no row yet.
-- The version that comes back is the new one; the old one, or none, means that somebody else was faster.
('WriteToStorageKey', $sql$
    WITH replaced AS (
        UPDATE grain_state SET payload = @PayloadBinary, version = version + 1, changed_at = now()
        WHERE service_id = @ServiceId AND kind_hash = @GrainTypeHash AND kind = @GrainTypeString
          AND key_hash = @GrainIdHash AND key_low = @GrainIdN0 AND key_high = @GrainIdN1 AND key_text = coalesce(@GrainIdExtensionString, '')
          AND version = @GrainStateVersion
        RETURNING version),
    made AS (
        INSERT INTO grain_state (service_id, kind_hash, kind, key_hash, key_low, key_high, key_text, version, payload)
        SELECT @ServiceId, @GrainTypeHash, @GrainTypeString, @GrainIdHash, @GrainIdN0, @GrainIdN1, coalesce(@GrainIdExtensionString, ''), 1, @PayloadBinary
        WHERE @GrainStateVersion IS NULL
        ON CONFLICT DO NOTHING
        RETURNING version)
    SELECT coalesce((SELECT version FROM replaced), (SELECT version FROM made), @GrainStateVersion) AS NewGrainStateVersion
$sql$),
('ClearStorageKey', $sql$
    UPDATE grain_state SET payload = NULL, version = version + 1, changed_at = now()
    WHERE service_id = @ServiceId AND kind_hash = @GrainTypeHash AND kind = @GrainTypeString
      AND key_hash = @GrainIdHash AND key_low = @GrainIdN0 AND key_high = @GrainIdN1 AND key_text = coalesce(@GrainIdExtensionString, '')
      AND version = @GrainStateVersion
    RETURNING version AS NewGrainStateVersion
$sql$),
('DeleteStorageKey', $sql$
    DELETE FROM grain_state
    WHERE service_id = @ServiceId AND kind_hash = @GrainTypeHash AND kind = @GrainTypeString
      AND key_hash = @GrainIdHash AND key_low = @GrainIdN0 AND key_high = @GrainIdN1 AND key_text = coalesce(@GrainIdExtensionString, '')
      AND version = @GrainStateVersion
    RETURNING version + 1 AS NewGrainStateVersion
$sql$);

-- Which grain wants to be woken when. Silos share the work by ranges of the hash, hence its index.
CREATE TABLE grain_reminder
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
CREATE INDEX grain_reminder_by_hash ON grain_reminder (service_id, grain_hash);

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
$sql$);
