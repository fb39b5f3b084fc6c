-- Captured with pg_dump --inserts from a database that Granary 0.1 made (2026-11-21): all tables in the schema public.
CREATE TABLE public.cluster_member (
    cluster_id text NOT NULL,
    address text NOT NULL,
    port integer NOT NULL,
    generation integer NOT NULL,
    silo_name text NOT NULL,
    host_name text NOT NULL,
    status integer NOT NULL,
    gateway_port integer NOT NULL,
    suspected text,
    started_at timestamp with time zone NOT NULL,
    heartbeat_at timestamp with time zone NOT NULL
);
CREATE TABLE public.cluster_version (
    cluster_id text NOT NULL,
    version integer DEFAULT 0 NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.grain_reminder (
    service_id text NOT NULL,
    grain_id text NOT NULL,
    name text NOT NULL,
    grain_hash integer NOT NULL,
    start_at timestamp with time zone NOT NULL,
    period bigint NOT NULL,
    version integer DEFAULT 0 NOT NULL
);
CREATE TABLE public.grain_state (
    service_id text NOT NULL,
    kind_hash integer NOT NULL,
    kind text NOT NULL,
    key_hash integer NOT NULL,
    key_low bigint NOT NULL,
    key_high bigint NOT NULL,
    key_text text DEFAULT ''::text NOT NULL,
    version integer NOT NULL,
    payload bytea,
    changed_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.granary_journal (
    account text NOT NULL,
    sequence bigint NOT NULL,
    recorded timestamp with time zone NOT NULL,
    kind text NOT NULL,
    strategy text NOT NULL,
    symbol text NOT NULL,
    body jsonb NOT NULL,
    session uuid NOT NULL
);
CREATE VIEW public.granary_enablement AS
 SELECT DISTINCT ON (granary_journal.account, granary_journal.strategy, granary_journal.symbol) granary_journal.account,
    granary_journal.sequence,
    granary_journal.recorded,
    granary_journal.strategy,
    granary_journal.symbol,
    ((granary_journal.body ->> 'enabled'::text))::boolean AS enabled,
    (granary_journal.body ->> 'why'::text) AS why
   FROM public.granary_journal
  WHERE (granary_journal.kind = 'EnablementChanged'::text)
  ORDER BY granary_journal.account, granary_journal.strategy, granary_journal.symbol, granary_journal.sequence DESC;
CREATE VIEW public.granary_fill AS
 SELECT granary_journal.account,
    granary_journal.sequence,
    granary_journal.recorded,
    granary_journal.strategy,
    granary_journal.symbol,
    (((granary_journal.body -> 'event'::text) -> 'fill'::text) ->> 'executionId'::text) AS execution_id,
    (((granary_journal.body -> 'event'::text) -> 'fill'::text) ->> 'clientId'::text) AS client_id,
    (((granary_journal.body -> 'event'::text) -> 'fill'::text) ->> 'leg'::text) AS leg,
    (((granary_journal.body -> 'event'::text) -> 'fill'::text) ->> 'side'::text) AS side,
    ((((granary_journal.body -> 'event'::text) -> 'fill'::text) ->> 'price'::text))::double precision AS price,
    ((((granary_journal.body -> 'event'::text) -> 'fill'::text) ->> 'quantity'::text))::double precision AS quantity,
    ((((granary_journal.body -> 'event'::text) -> 'fill'::text) ->> 'fee'::text))::double precision AS fee,
    granary_journal.body
   FROM public.granary_journal
  WHERE ((granary_journal.kind = 'VenueReported'::text) AND (jsonb_typeof(((granary_journal.body -> 'event'::text) -> 'fill'::text)) = 'object'::text));
CREATE TABLE public.granary_journal_migration (
    number integer NOT NULL,
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.granary_lease (
    account text NOT NULL,
    holder text NOT NULL,
    session uuid NOT NULL,
    since timestamp with time zone NOT NULL
);
CREATE TABLE public.granary_migration (
    number integer NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE VIEW public.granary_order AS
 SELECT granary_journal.account,
    granary_journal.sequence,
    granary_journal.recorded,
    granary_journal.strategy,
    granary_journal.symbol,
    ((granary_journal.body -> 'order'::text) ->> 'clientId'::text) AS client_id,
    ((granary_journal.body -> 'order'::text) ->> 'side'::text) AS side,
    ((granary_journal.body -> 'order'::text) ->> 'type'::text) AS type,
    (((granary_journal.body -> 'order'::text) ->> 'quantity'::text))::double precision AS quantity,
    (granary_journal.body ->> 'role'::text) AS role,
    ((granary_journal.body ->> 'trade'::text))::integer AS trade,
    granary_journal.body
   FROM public.granary_journal
  WHERE (granary_journal.kind = 'OrderIntended'::text);
CREATE VIEW public.granary_position AS
 SELECT DISTINCT ON (granary_journal.account, granary_journal.symbol) granary_journal.account,
    granary_journal.sequence,
    granary_journal.recorded,
    granary_journal.symbol,
    ((granary_journal.body ->> 'quantity'::text))::double precision AS quantity
   FROM public.granary_journal
  WHERE (granary_journal.kind = 'PositionChanged'::text)
  ORDER BY granary_journal.account, granary_journal.symbol, granary_journal.sequence DESC;
CREATE VIEW public.granary_signal AS
 SELECT granary_journal.account,
    granary_journal.sequence,
    granary_journal.recorded,
    granary_journal.strategy,
    granary_journal.symbol,
    ((granary_journal.body ->> 'number'::text))::integer AS number,
    (granary_journal.body ->> 'side'::text) AS side,
    (granary_journal.body ->> 'decision'::text) AS decision,
    granary_journal.body
   FROM public.granary_journal
  WHERE (granary_journal.kind = 'SignalDecided'::text);
CREATE VIEW public.granary_trade AS
 SELECT DISTINCT ON (granary_journal.account, granary_journal.strategy, granary_journal.symbol, ((granary_journal.body ->> 'number'::text))::integer) granary_journal.account,
    granary_journal.sequence,
    granary_journal.recorded,
    granary_journal.strategy,
    granary_journal.symbol,
    ((granary_journal.body ->> 'number'::text))::integer AS number,
    (granary_journal.body ->> 'state'::text) AS state,
    (granary_journal.body ->> 'side'::text) AS side,
    ((granary_journal.body ->> 'quantity'::text))::double precision AS quantity,
    ((granary_journal.body ->> 'entryPrice'::text))::double precision AS entry_price,
    ((granary_journal.body ->> 'exitPrice'::text))::double precision AS exit_price,
    ((granary_journal.body ->> 'profit'::text))::double precision AS profit,
    ((granary_journal.body ->> 'fees'::text))::double precision AS fees,
    granary_journal.body
   FROM public.granary_journal
  WHERE (granary_journal.kind = 'TradeChanged'::text)
  ORDER BY granary_journal.account, granary_journal.strategy, granary_journal.symbol, ((granary_journal.body ->> 'number'::text))::integer, granary_journal.sequence DESC;
CREATE VIEW public.granary_weights AS
 SELECT granary_journal.account,
    granary_journal.sequence,
    granary_journal.recorded,
    ((granary_journal.body ->> 'version'::text))::bigint AS version,
    (granary_journal.body ->> 'who'::text) AS who,
    (granary_journal.body ->> 'why'::text) AS why,
    (granary_journal.body -> 'weights'::text) AS weights
   FROM public.granary_journal
  WHERE (granary_journal.kind = 'WeightsChanged'::text);
CREATE TABLE public.orleansquery (
    querykey text NOT NULL,
    querytext text NOT NULL
);
INSERT INTO public.cluster_member VALUES ('granary', '192.0.2.2', 18322, 154234591, 'vm-18322', 'vm', 6, 18323, '192.0.2.2:18322@154234591,2026-11-21 02:56:55.376 GMT', '2026-11-21 02:56:31.062361+00', '2026-11-21 02:56:55.376755+00');
INSERT INTO public.cluster_version VALUES ('granary', 4, '2026-11-21 02:56:55.379388+00');
INSERT INTO public.grain_reminder VALUES ('granary', 'sys/x', 'wake', -5, '2026-01-02 00:00:00+00', 60000, 2);
INSERT INTO public.grain_state VALUES ('granary', 7, 'batch', 11, 1, 2, 'run-1', 3, '\x0102', '2026-01-02 00:00:00+00');
INSERT INTO public.granary_journal VALUES ('b', 1, '2026-11-21 02:57:57.663736+00', 'SessionStarted', '', '', '{"tag": "gbf3fd79e", "host": "vm", "broker": "paper", "account": "b", "instant": 0, "process": 6231, "configuration": "35c5e2cb037314c3fa350d5d2bbd92f92616aa8dcc5916d404e34e7b0460da21", "withoutEvidence": true}', '01a1fc09-fd60-7f61-8f5e-9073ba3c8187');
INSERT INTO public.granary_journal VALUES ('b', 2, '2026-11-21 02:57:59.037674+00', 'BarsTaken', '', '', '{"bars": [{"low": 2083.9, "high": 2109.02, "open": 2107, "time": "2022-01-01T00:00:00Z", "close": 2086.26, "series": 2, "volume": 489.29}, {"low": 20411.77, "high": 20562.79, "open": 20430, "time": "2022-01-01T00:00:00Z", "close": 20464.34, "series": 5, "volume": 116.716}], "warm": false, "instant": "2022-01-01T01:00:00Z"}', '01a1fc09-fd60-7f61-8f5e-9073ba3c8187');
INSERT INTO public.granary_journal VALUES ('b', 57, '2026-11-21 02:57:59.728724+00', 'SignalDecided', 'SmaCross(fast=10,slow=50)@GLIMUSDT:1h', 'GLIMUSDT', '{"side": "buy", "stop": 0, "type": "market", "price": 20454.39, "number": 1, "period": "2022-01-03T06:00:00Z", "target": 0, "factors": {"sma(10)": 20464.614, "sma(50)": 20464.2548}, "granted": 0.08148210074544715, "instant": "2022-01-03T07:00:00Z", "decision": "accepted", "quantity": 0.4888926044726829, "prediction": "NaN", "sizeFactor": 1, "validUntil": 9223372036854775807}', '01a1fc09-fd60-7f61-8f5e-9073ba3c8187');
INSERT INTO public.granary_journal VALUES ('b', 58, '2026-11-21 02:57:59.811727+00', 'OrderIntended', 'SmaCross(fast=10,slow=50)@GLIMUSDT:1h', 'GLIMUSDT', '{"role": "entry", "order": {"side": "buy", "type": "market", "symbol": "GLIMUSDT", "clientId": "gbf3fd79e-5-1-e", "quantity": 0.08148210074544715, "createdAt": "2022-01-03T07:00:00Z", "expiresAt": 9223372036854775807, "stopPrice": 0, "limitPrice": 0, "protection": {"stopPrice": 0, "fromNextBar": false, "targetPrice": 0, "stopFraction": 0, "trailFraction": 0, "targetFraction": 0}, "timeInForce": "goodTillCancelled"}, "trade": 1, "reason": "open", "instant": "2022-01-03T07:00:00Z"}', '01a1fc09-fd60-7f61-8f5e-9073ba3c8187');
INSERT INTO public.granary_journal VALUES ('b', 59, '2026-11-21 02:58:00.115252+00', 'OrderAnswered', '', 'GLIMUSDT', '{"status": {"state": "submitted", "filled": 0, "reason": "", "venueId": "P1", "clientId": "gbf3fd79e-5-1-e"}, "instant": "2022-01-03T07:00:00Z", "clientId": "gbf3fd79e-5-1-e"}', '01a1fc09-fd60-7f61-8f5e-9073ba3c8187');
INSERT INTO public.granary_journal VALUES ('b', 60, '2026-11-21 02:58:00.417018+00', 'VenueReported', 'SmaCross(fast=10,slow=50)@GLIMUSDT:1h', 'GLIMUSDT', '{"event": {"fill": {"at": "2022-01-03T07:00:00Z", "fee": 0, "leg": "", "side": "buy", "price": 20453.93, "symbol": "GLIMUSDT", "clientId": "gbf3fd79e-5-1-e", "quantity": 0.08148210074544715, "executionId": "X1"}, "status": {"state": "filled", "filled": 0.08148210074544715, "reason": "", "venueId": "P1", "clientId": "gbf3fd79e-5-1-e"}, "sequence": 1}, "instant": "2022-01-03T08:00:00Z"}', '01a1fc09-fd60-7f61-8f5e-9073ba3c8187');
INSERT INTO public.granary_journal VALUES ('b', 61, '2026-11-21 02:58:00.425022+00', 'TradeChanged', 'SmaCross(fast=10,slow=50)@GLIMUSDT:1h', 'GLIMUSDT', '{"why": "", "fees": 0, "open": 0.08148210074544715, "side": "buy", "state": "active", "number": 1, "profit": 0, "instant": "2022-01-03T08:00:00Z", "exitTime": 0, "quantity": 0.08148210074544715, "entryTime": "2022-01-03T07:00:00Z", "exitPrice": 0, "entryPrice": 20453.93}', '01a1fc09-fd60-7f61-8f5e-9073ba3c8187');
INSERT INTO public.granary_journal VALUES ('b', 62, '2026-11-21 02:58:00.445948+00', 'PositionChanged', '', 'GLIMUSDT', '{"instant": "2022-01-03T08:00:00Z", "quantity": 0.08148210074544715}', '01a1fc09-fd60-7f61-8f5e-9073ba3c8187');
INSERT INTO public.granary_journal VALUES ('b', 78, '2026-11-21 02:58:00.564967+00', 'OrderClosed', 'SmaCross(fast=10,slow=50)@GLIMUSDT:1h', 'GLIMUSDT', '{"instant": "2022-01-03T13:00:00Z", "clientId": "gbf3fd79e-5-1-e"}', '01a1fc09-fd60-7f61-8f5e-9073ba3c8187');
INSERT INTO public.granary_journal_migration VALUES (1, '0001_journal.sql', '2026-11-21 02:57:56.150327+00');
INSERT INTO public.granary_journal_migration VALUES (2, '0002_views.sql', '2026-11-21 02:57:56.150327+00');
INSERT INTO public.granary_lease VALUES ('b', 'granary live prod.json, process 6231 on vm, since 2026-11-21 02:57:55Z', '01a1fc09-fd60-7f61-8f5e-9073ba3c8187', '2026-11-21 02:57:56.496806+00');
INSERT INTO public.granary_lease VALUES ('b.paper-venue', 'granary live prod.json, process 6231 on vm, since 2026-11-21 02:57:57Z', '01a1fc0a-0525-7fc8-8b3e-ea77c8429b94', '2026-11-21 02:57:57.602603+00');
INSERT INTO public.granary_migration VALUES (1, '0001_queries.sql', '4e6f21f941c00cbd2f5e6f2446e9f72c0bd0e9fb7742afc23287d2696e32f3a5', '2026-11-21 02:56:30.582107+00');
INSERT INTO public.granary_migration VALUES (2, '0002_membership.sql', 'e21f6977d69207a3a28a1b8071b29b371028934874c38c30a8cb604016b9519a', '2026-11-21 02:56:30.582107+00');
INSERT INTO public.granary_migration VALUES (3, '0003_grain_state.sql', 'e8d470c4181d0f4d2bd03e383c687da5d989e5824b81815265e72883cae3a4e3', '2026-11-21 02:56:30.582107+00');
INSERT INTO public.granary_migration VALUES (4, '0004_reminders.sql', '1db89ba3f3cba54c2c14f24006771c529571df259d2128363020268458bbbcdc', '2026-11-21 02:56:30.582107+00');
INSERT INTO public.orleansquery VALUES ('InsertMembershipVersionKey', '
    WITH made AS (
        INSERT INTO cluster_version (cluster_id) VALUES (@DeploymentId)
        ON CONFLICT (cluster_id) DO NOTHING
        RETURNING 1)
    SELECT count(*)::integer FROM made
');
INSERT INTO public.orleansquery VALUES ('InsertMembershipKey', '
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
');
INSERT INTO public.orleansquery VALUES ('UpdateMembershipKey', '
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
');
INSERT INTO public.orleansquery VALUES ('UpdateIAmAlivetimeKey', '
    UPDATE cluster_member SET heartbeat_at = @IAmAliveTime
    WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
');
INSERT INTO public.orleansquery VALUES ('MembershipReadAllKey', '
    SELECT v.cluster_id AS DeploymentId, m.address AS Address, m.port AS Port, m.generation AS Generation, m.silo_name AS SiloName, m.host_name AS HostName,
           m.status AS Status, m.gateway_port AS ProxyPort, m.suspected AS SuspectTimes, m.started_at AS StartTime, m.heartbeat_at AS IAmAliveTime, v.version AS Version
    FROM cluster_version v
    LEFT JOIN cluster_member m ON m.cluster_id = v.cluster_id
    WHERE v.cluster_id = @DeploymentId
');
INSERT INTO public.orleansquery VALUES ('MembershipReadRowKey', '
    SELECT v.cluster_id AS DeploymentId, m.address AS Address, m.port AS Port, m.generation AS Generation, m.silo_name AS SiloName, m.host_name AS HostName,
           m.status AS Status, m.gateway_port AS ProxyPort, m.suspected AS SuspectTimes, m.started_at AS StartTime, m.heartbeat_at AS IAmAliveTime, v.version AS Version
    FROM cluster_version v
    LEFT JOIN cluster_member m ON m.cluster_id = v.cluster_id AND m.address = @Address AND m.port = @Port AND m.generation = @Generation
    WHERE v.cluster_id = @DeploymentId
');
INSERT INTO public.orleansquery VALUES ('GatewaysQueryKey', '
    SELECT address AS Address, gateway_port AS ProxyPort, generation AS Generation
    FROM cluster_member
    WHERE cluster_id = @DeploymentId AND status = @Status AND gateway_port > 0
');
INSERT INTO public.orleansquery VALUES ('DeleteMembershipTableEntriesKey', '
    DELETE FROM cluster_version WHERE cluster_id = @DeploymentId
');
INSERT INTO public.orleansquery VALUES ('CleanupDefunctSiloEntriesKey', '
    DELETE FROM cluster_member
    WHERE cluster_id = @DeploymentId AND heartbeat_at < @IAmAliveTime AND status <> 3
');
INSERT INTO public.orleansquery VALUES ('ReadFromStorageKey', '
    SELECT payload AS PayloadBinary, version AS Version
    FROM grain_state
    WHERE service_id = @ServiceId AND kind_hash = @GrainTypeHash AND kind = @GrainTypeString
      AND key_hash = @GrainIdHash AND key_low = @GrainIdN0 AND key_high = @GrainIdN1 AND key_text = coalesce(@GrainIdExtensionString, '''')
');
INSERT INTO public.orleansquery VALUES ('WriteToStorageKey', '
    WITH replaced AS (
        UPDATE grain_state SET payload = @PayloadBinary, version = version + 1, changed_at = now()
        WHERE service_id = @ServiceId AND kind_hash = @GrainTypeHash AND kind = @GrainTypeString
          AND key_hash = @GrainIdHash AND key_low = @GrainIdN0 AND key_high = @GrainIdN1 AND key_text = coalesce(@GrainIdExtensionString, '''')
          AND version = @GrainStateVersion
        RETURNING version),
    made AS (
        INSERT INTO grain_state (service_id, kind_hash, kind, key_hash, key_low, key_high, key_text, version, payload)
        SELECT @ServiceId, @GrainTypeHash, @GrainTypeString, @GrainIdHash, @GrainIdN0, @GrainIdN1, coalesce(@GrainIdExtensionString, ''''), 1, @PayloadBinary
        WHERE @GrainStateVersion IS NULL
        ON CONFLICT DO NOTHING
        RETURNING version)
    SELECT coalesce((SELECT version FROM replaced), (SELECT version FROM made), @GrainStateVersion) AS NewGrainStateVersion
');
INSERT INTO public.orleansquery VALUES ('ClearStorageKey', '
    UPDATE grain_state SET payload = NULL, version = version + 1, changed_at = now()
    WHERE service_id = @ServiceId AND kind_hash = @GrainTypeHash AND kind = @GrainTypeString
      AND key_hash = @GrainIdHash AND key_low = @GrainIdN0 AND key_high = @GrainIdN1 AND key_text = coalesce(@GrainIdExtensionString, '''')
      AND version = @GrainStateVersion
    RETURNING version AS NewGrainStateVersion
');
INSERT INTO public.orleansquery VALUES ('DeleteStorageKey', '
    DELETE FROM grain_state
    WHERE service_id = @ServiceId AND kind_hash = @GrainTypeHash AND kind = @GrainTypeString
      AND key_hash = @GrainIdHash AND key_low = @GrainIdN0 AND key_high = @GrainIdN1 AND key_text = coalesce(@GrainIdExtensionString, '''')
      AND version = @GrainStateVersion
    RETURNING version + 1 AS NewGrainStateVersion
');
INSERT INTO public.orleansquery VALUES ('UpsertReminderRowKey', '
    INSERT INTO grain_reminder AS r (service_id, grain_id, name, grain_hash, start_at, period)
    VALUES (@ServiceId, @GrainId, @ReminderName, @GrainHash, @StartTime, @Period)
    ON CONFLICT (service_id, grain_id, name)
    DO UPDATE SET grain_hash = excluded.grain_hash, start_at = excluded.start_at, period = excluded.period, version = r.version + 1
    RETURNING version AS Version
');
INSERT INTO public.orleansquery VALUES ('ReadReminderRowsKey', '
    SELECT grain_id AS GrainId, name AS ReminderName, start_at AS StartTime, period AS Period, version AS Version
    FROM grain_reminder WHERE service_id = @ServiceId AND grain_id = @GrainId
');
INSERT INTO public.orleansquery VALUES ('ReadReminderRowKey', '
    SELECT grain_id AS GrainId, name AS ReminderName, start_at AS StartTime, period AS Period, version AS Version
    FROM grain_reminder WHERE service_id = @ServiceId AND grain_id = @GrainId AND name = @ReminderName
');
INSERT INTO public.orleansquery VALUES ('ReadRangeRows1Key', '
    SELECT grain_id AS GrainId, name AS ReminderName, start_at AS StartTime, period AS Period, version AS Version
    FROM grain_reminder WHERE service_id = @ServiceId AND grain_hash > @BeginHash AND grain_hash <= @EndHash
');
INSERT INTO public.orleansquery VALUES ('ReadRangeRows2Key', '
    SELECT grain_id AS GrainId, name AS ReminderName, start_at AS StartTime, period AS Period, version AS Version
    FROM grain_reminder WHERE service_id = @ServiceId AND (grain_hash > @BeginHash OR grain_hash <= @EndHash)
');
INSERT INTO public.orleansquery VALUES ('DeleteReminderRowKey', '
    WITH gone AS (
        DELETE FROM grain_reminder
        WHERE service_id = @ServiceId AND grain_id = @GrainId AND name = @ReminderName AND version = @Version
        RETURNING 1)
    SELECT count(*)::integer FROM gone
');
INSERT INTO public.orleansquery VALUES ('DeleteReminderRowsKey', '
    DELETE FROM grain_reminder WHERE service_id = @ServiceId
');
ALTER TABLE ONLY public.cluster_member
    ADD CONSTRAINT cluster_member_pkey PRIMARY KEY (cluster_id, address, port, generation);
ALTER TABLE ONLY public.cluster_version
    ADD CONSTRAINT cluster_version_pkey PRIMARY KEY (cluster_id);
ALTER TABLE ONLY public.grain_reminder
    ADD CONSTRAINT grain_reminder_pkey PRIMARY KEY (service_id, grain_id, name);
ALTER TABLE ONLY public.grain_state
    ADD CONSTRAINT grain_state_pkey PRIMARY KEY (key_hash, kind_hash, key_low, key_high, key_text, kind, service_id);
ALTER TABLE ONLY public.granary_journal_migration
    ADD CONSTRAINT granary_journal_migration_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.granary_journal
    ADD CONSTRAINT granary_journal_pkey PRIMARY KEY (account, sequence);
ALTER TABLE ONLY public.granary_lease
    ADD CONSTRAINT granary_lease_pkey PRIMARY KEY (account);
ALTER TABLE ONLY public.granary_migration
    ADD CONSTRAINT granary_migration_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.orleansquery
    ADD CONSTRAINT orleansquery_pkey PRIMARY KEY (querykey);
CREATE INDEX grain_reminder_by_hash ON public.grain_reminder USING btree (service_id, grain_hash);
CREATE INDEX granary_journal_kind ON public.granary_journal USING btree (account, kind, sequence);
CREATE INDEX granary_journal_recorded ON public.granary_journal USING btree (account, recorded);
CREATE INDEX granary_journal_strategy ON public.granary_journal USING btree (account, strategy, sequence) WHERE (strategy <> ''::text);
CREATE INDEX granary_journal_symbol ON public.granary_journal USING btree (account, symbol, sequence) WHERE (symbol <> ''::text);
ALTER TABLE ONLY public.cluster_member
    ADD CONSTRAINT cluster_member_cluster_id_fkey FOREIGN KEY (cluster_id) REFERENCES public.cluster_version(cluster_id) ON DELETE CASCADE;
