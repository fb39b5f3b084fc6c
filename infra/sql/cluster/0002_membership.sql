-- Which silos form a cluster. The version of the whole table is what makes the membership protocol safe:
-- every change names the version that it was decided on and moves it on by one, or does nothing.
CREATE TABLE IF NOT EXISTS cluster_version
(
    cluster_id text PRIMARY KEY,
    version    integer     NOT NULL DEFAULT 0,
    changed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS cluster_member
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
$sql$)
ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText;
