-- The facts of each account, in order, never changed. The primary key keeps a session that has lost its lease from writing over its successor.
CREATE TABLE granary_journal (
    account   text        NOT NULL,
    sequence  bigint      NOT NULL,
    recorded  timestamptz NOT NULL,
    kind      text        NOT NULL,
    strategy  text        NOT NULL,
    symbol    text        NOT NULL,
    body      jsonb       NOT NULL,
    session   uuid        NOT NULL,
    PRIMARY KEY (account, sequence)
);
CREATE INDEX granary_journal_strategy ON granary_journal (account, strategy, sequence) WHERE strategy <> '';
CREATE INDEX granary_journal_symbol   ON granary_journal (account, symbol, sequence)   WHERE symbol <> '';
CREATE INDEX granary_journal_recorded ON granary_journal (account, recorded);
CREATE INDEX granary_journal_kind     ON granary_journal (account, kind, sequence);
-- Who trades an account: for the sentence that a second session gets. The lease itself is an advisory lock.
CREATE TABLE granary_lease (account text PRIMARY KEY, holder text NOT NULL, session uuid NOT NULL, since timestamptz NOT NULL);

-- The same facts as tables, for people and other programs.
CREATE VIEW granary_order AS SELECT account, sequence, recorded, strategy, symbol, body->'order'->>'clientId' AS client_id, body->'order'->>'side' AS side, body->'order'->>'type' AS type,
    (body->'order'->>'quantity')::double precision AS quantity, body->>'role' AS role, (body->>'trade')::integer AS trade, body FROM granary_journal WHERE kind = 'OrderIntended';
CREATE VIEW granary_fill AS SELECT account, sequence, recorded, strategy, symbol, body->'event'->'fill'->>'executionId' AS execution_id, body->'event'->'fill'->>'clientId' AS client_id, body->'event'->'fill'->>'leg' AS leg,
    body->'event'->'fill'->>'side' AS side, (body->'event'->'fill'->>'price')::double precision AS price, (body->'event'->'fill'->>'quantity')::double precision AS quantity,
    (body->'event'->'fill'->>'fee')::double precision AS fee, body FROM granary_journal WHERE kind = 'VenueReported' AND jsonb_typeof(body->'event'->'fill') = 'object';
CREATE VIEW granary_trade AS SELECT DISTINCT ON (account, strategy, symbol, (body->>'number')::integer) account, sequence, recorded, strategy, symbol, (body->>'number')::integer AS number, body->>'state' AS state, body->>'side' AS side,
    (body->>'quantity')::double precision AS quantity, (body->>'entryPrice')::double precision AS entry_price, (body->>'exitPrice')::double precision AS exit_price,
    (body->>'profit')::double precision AS profit, (body->>'fees')::double precision AS fees, body FROM granary_journal WHERE kind = 'TradeChanged' ORDER BY account, strategy, symbol, (body->>'number')::integer, sequence DESC;
CREATE VIEW granary_position AS SELECT DISTINCT ON (account, symbol) account, sequence, recorded, symbol, (body->>'quantity')::double precision AS quantity FROM granary_journal WHERE kind = 'PositionChanged' ORDER BY account, symbol, sequence DESC;
CREATE VIEW granary_signal AS SELECT account, sequence, recorded, strategy, symbol, (body->>'number')::integer AS number, body->>'side' AS side, body->>'decision' AS decision, body FROM granary_journal WHERE kind = 'SignalDecided';
CREATE VIEW granary_weights AS SELECT account, sequence, recorded, (body->>'version')::bigint AS version, body->>'who' AS who, body->>'why' AS why, body->'weights' AS weights FROM granary_journal WHERE kind = 'WeightsChanged';
CREATE VIEW granary_enablement AS SELECT DISTINCT ON (account, strategy, symbol) account, sequence, recorded, strategy, symbol, (body->>'enabled')::boolean AS enabled, body->>'why' AS why FROM granary_journal WHERE kind = 'EnablementChanged' ORDER BY account, strategy, symbol, sequence DESC;
