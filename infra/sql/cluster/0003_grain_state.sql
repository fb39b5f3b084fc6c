-- What grains remember. A grain is known by its kind (a hash and the full name) and its key
-- (two numbers and a text; the text is '' where the key has none).
CREATE TABLE IF NOT EXISTS grain_state
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
$sql$)
ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText;
