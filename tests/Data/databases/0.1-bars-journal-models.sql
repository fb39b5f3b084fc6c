-- Captured with pg_dump --inserts from a database that Granary 0.1 made (2026-11-21): all tables in the schema public.
CREATE TABLE public.granary_bar (
    market integer NOT NULL,
    "time" timestamp with time zone NOT NULL,
    open double precision NOT NULL,
    high double precision NOT NULL,
    low double precision NOT NULL,
    close double precision NOT NULL,
    volume double precision NOT NULL,
    adjusted double precision
);
CREATE TABLE public.granary_dataset (
    name text NOT NULL,
    created timestamp with time zone DEFAULT now() NOT NULL
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
CREATE TABLE public.granary_instrument (
    dataset text NOT NULL,
    symbol text NOT NULL,
    venue text NOT NULL,
    about jsonb NOT NULL
);
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
CREATE TABLE public.granary_market (
    id integer NOT NULL,
    dataset text NOT NULL,
    symbol text NOT NULL,
    timeframe text NOT NULL,
    about text NOT NULL,
    has_adjusted boolean NOT NULL,
    bars bigint DEFAULT 0 NOT NULL,
    first_open timestamp with time zone,
    last_open timestamp with time zone,
    raw_hash text DEFAULT ''::text NOT NULL,
    adjusted_hash text DEFAULT ''::text NOT NULL,
    changed timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.granary_market ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.granary_market_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.granary_migration (
    number integer NOT NULL,
    name text NOT NULL,
    applied timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.granary_model_pointer (
    model text NOT NULL,
    pointer bytea NOT NULL
);
CREATE TABLE public.granary_model_version (
    model text NOT NULL,
    number integer NOT NULL,
    bytes bytea NOT NULL,
    lineage bytea NOT NULL
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
INSERT INTO public.granary_bar VALUES (1, '2024-01-01 00:00:00+00', 1, 2, 0.5, 1.5, 10, NULL);
INSERT INTO public.granary_bar VALUES (1, '2024-01-01 00:01:00+00', 1.5, 2.5, 1, 2, 11, NULL);
INSERT INTO public.granary_bar VALUES (1, '2024-01-01 00:02:00+00', 2, 2.25, 1.75, 2, 12.5, NULL);
INSERT INTO public.granary_dataset VALUES ('main', '2026-11-21 02:56:30.071577+00');
INSERT INTO public.granary_instrument VALUES ('main', 'OLD', 'SIM', '{"venue": "SIM", "symbol": "OLD", "lotSize": 0, "currency": "USD", "tickSize": 0, "multiplier": 1, "dailyEquity": false, "marginPerUnit": 0, "priceDecimals": 2}');
INSERT INTO public.granary_journal VALUES ('b', 1, '2026-11-21 02:57:31.092743+00', 'SessionStarted', '', '', '{"tag": "gbf3fd79e", "host": "vm", "broker": "paper", "account": "b", "instant": 0, "process": 32762, "configuration": "35c5e2cb037314c3fa350d5d2bbd92f92616aa8dcc5916d404e34e7b0460da21", "withoutEvidence": true}', '01a1fc09-9450-75bc-8134-5b3d8190bdca');
INSERT INTO public.granary_journal VALUES ('b', 2, '2026-11-21 02:57:32.125536+00', 'BarsTaken', '', '', '{"bars": [{"low": 2083.9, "high": 2109.02, "open": 2107, "time": "2022-01-01T00:00:00Z", "close": 2086.26, "series": 2, "volume": 489.29}, {"low": 20411.77, "high": 20562.79, "open": 20430, "time": "2022-01-01T00:00:00Z", "close": 20464.34, "series": 5, "volume": 116.716}], "warm": false, "instant": "2022-01-01T01:00:00Z"}', '01a1fc09-9450-75bc-8134-5b3d8190bdca');
INSERT INTO public.granary_journal VALUES ('b', 57, '2026-11-21 02:57:32.53473+00', 'SignalDecided', 'SmaCross(fast=10,slow=50)@GLIMUSDT:1h', 'GLIMUSDT', '{"side": "buy", "stop": 0, "type": "market", "price": 20454.39, "number": 1, "period": "2022-01-03T06:00:00Z", "target": 0, "factors": {"sma(10)": 20464.614, "sma(50)": 20464.2548}, "granted": 0.08148210074544715, "instant": "2022-01-03T07:00:00Z", "decision": "accepted", "quantity": 0.4888926044726829, "prediction": "NaN", "sizeFactor": 1, "validUntil": 9223372036854775807}', '01a1fc09-9450-75bc-8134-5b3d8190bdca');
INSERT INTO public.granary_journal VALUES ('b', 58, '2026-11-21 02:57:32.581852+00', 'OrderIntended', 'SmaCross(fast=10,slow=50)@GLIMUSDT:1h', 'GLIMUSDT', '{"role": "entry", "order": {"side": "buy", "type": "market", "symbol": "GLIMUSDT", "clientId": "gbf3fd79e-5-1-e", "quantity": 0.08148210074544715, "createdAt": "2022-01-03T07:00:00Z", "expiresAt": 9223372036854775807, "stopPrice": 0, "limitPrice": 0, "protection": {"stopPrice": 0, "fromNextBar": false, "targetPrice": 0, "stopFraction": 0, "trailFraction": 0, "targetFraction": 0}, "timeInForce": "goodTillCancelled"}, "trade": 1, "reason": "open", "instant": "2022-01-03T07:00:00Z"}', '01a1fc09-9450-75bc-8134-5b3d8190bdca');
INSERT INTO public.granary_journal VALUES ('b', 59, '2026-11-21 02:57:32.733504+00', 'OrderAnswered', '', 'GLIMUSDT', '{"status": {"state": "submitted", "filled": 0, "reason": "", "venueId": "P1", "clientId": "gbf3fd79e-5-1-e"}, "instant": "2022-01-03T07:00:00Z", "clientId": "gbf3fd79e-5-1-e"}', '01a1fc09-9450-75bc-8134-5b3d8190bdca');
INSERT INTO public.granary_journal VALUES ('b', 60, '2026-11-21 02:57:32.88951+00', 'VenueReported', 'SmaCross(fast=10,slow=50)@GLIMUSDT:1h', 'GLIMUSDT', '{"event": {"fill": {"at": "2022-01-03T07:00:00Z", "fee": 0, "leg": "", "side": "buy", "price": 20453.93, "symbol": "GLIMUSDT", "clientId": "gbf3fd79e-5-1-e", "quantity": 0.08148210074544715, "executionId": "X1"}, "status": {"state": "filled", "filled": 0.08148210074544715, "reason": "", "venueId": "P1", "clientId": "gbf3fd79e-5-1-e"}, "sequence": 1}, "instant": "2022-01-03T08:00:00Z"}', '01a1fc09-9450-75bc-8134-5b3d8190bdca');
INSERT INTO public.granary_journal VALUES ('b', 61, '2026-11-21 02:57:32.891591+00', 'TradeChanged', 'SmaCross(fast=10,slow=50)@GLIMUSDT:1h', 'GLIMUSDT', '{"why": "", "fees": 0, "open": 0.08148210074544715, "side": "buy", "state": "active", "number": 1, "profit": 0, "instant": "2022-01-03T08:00:00Z", "exitTime": 0, "quantity": 0.08148210074544715, "entryTime": "2022-01-03T07:00:00Z", "exitPrice": 0, "entryPrice": 20453.93}', '01a1fc09-9450-75bc-8134-5b3d8190bdca');
INSERT INTO public.granary_journal VALUES ('b', 62, '2026-11-21 02:57:32.896083+00', 'PositionChanged', '', 'GLIMUSDT', '{"instant": "2022-01-03T08:00:00Z", "quantity": 0.08148210074544715}', '01a1fc09-9450-75bc-8134-5b3d8190bdca');
INSERT INTO public.granary_journal VALUES ('b', 78, '2026-11-21 02:57:32.913067+00', 'OrderClosed', 'SmaCross(fast=10,slow=50)@GLIMUSDT:1h', 'GLIMUSDT', '{"instant": "2022-01-03T13:00:00Z", "clientId": "gbf3fd79e-5-1-e"}', '01a1fc09-9450-75bc-8134-5b3d8190bdca');
INSERT INTO public.granary_journal_migration VALUES (1, '0001_journal.sql', '2026-11-21 02:57:29.248435+00');
INSERT INTO public.granary_journal_migration VALUES (2, '0002_views.sql', '2026-11-21 02:57:29.248435+00');
INSERT INTO public.granary_lease VALUES ('b', 'granary live prod.json, process 32762 on vm, since 2026-11-21 02:57:28Z', '01a1fc09-9450-75bc-8134-5b3d8190bdca', '2026-11-21 02:57:29.642759+00');
INSERT INTO public.granary_lease VALUES ('b.paper-venue', 'granary live prod.json, process 32762 on vm, since 2026-11-21 02:57:30Z', '01a1fc09-9d55-7942-8193-ccc8b53d6dc5', '2026-11-21 02:57:31.042335+00');
INSERT INTO public.granary_market OVERRIDING SYSTEM VALUE VALUES (1, 'main', 'OLD', '1m', '{"symbol":"OLD","venue":"SIM","currency":"USD","tickSize":0,"lotSize":0,"multiplier":1,"marginPerUnit":0,"priceDecimals":2,"dailyEquity":false}', false, 3, '2024-01-01 00:00:00+00', '2024-01-01 00:02:00+00', 'df3a7ae62d91d0eaf7661723373f421a8a23327b129e4f324928ce3336beeedb', 'df3a7ae62d91d0eaf7661723373f421a8a23327b129e4f324928ce3336beeedb', '2026-11-21 02:56:30.071577+00');
INSERT INTO public.granary_migration VALUES (1, '0001_markets', '2026-11-21 02:56:30.017247+00');
INSERT INTO public.granary_migration VALUES (2, '0002_bars', '2026-11-21 02:56:30.017247+00');
INSERT INTO public.granary_model_pointer VALUES ('gate-ACME_1h-b1be3510', '\x7b0a20202263757272656e74223a20312c0a202022686973746f7279223a205b5d0a7d');
INSERT INTO public.granary_model_version VALUES ('gate-ACME_1h-b1be3510', 1, '\x47524d4c01000000066c696e656172086c6f67697374696300010000000972657475726e2831290100000070e39db21d5aeebe01000000cc93dacb8c1032c079a21f8f1c3d8b3f01000000000000f03f0000000000000000a716d80bfe04bee93027f7f127849765fac9b79a4a26ce6092e53227842b0005', '\x7b0a2020226461746148617368223a202233306162326638343264366335353030306234396361353534303163383235636637393630323232383266383236383137336561306466613336663061623365222c0a20202264617461223a202241434d453a3168222c0a20202266726f6d223a2022323032322d30312d30335431363a30303a30305a222c0a202022746f223a2022323032332d30362d33305432303a30303a30305a222c0a20202273616d706c6573223a20323639362c0a2020226665617475726573223a205b0a202020202272657475726e283129220a20205d2c0a2020226c6162656c223a2022646972656374696f6e283529222c0a202022747261696e6572223a20226c6f676973746963222c0a202022706172616d6574657273223a207b7d2c0a20202273656564223a20312c0a202022696e53616d706c65223a207b0a20202020226163637572616379223a20302e3531363332303437343737373434382c0a2020202022617563223a20302e353238373533363332323831303732352c0a20202020226272696572223a20302e32343930333633353234323138303032382c0a20202020226c6f674c6f7373223a20302e363931323330313531373530363630392c0a202020202273616d706c6573223a20323639360a20207d2c0a2020226f75744f6653616d706c65223a207b0a20202020226163637572616379223a20302e353131373932343532383330313838372c0a2020202022617563223a20302e353236373437343137323630353433372c0a20202020226272696572223a20302e32343932363138393834353733353733362c0a20202020226c6f674c6f7373223a20302e363931373838333139343230383139312c0a202020202273616d706c6573223a20313639360a20207d2c0a202022747261696e54657374476170223a20302e30303733333837323635313133333039342c0a202022637265617465644174223a2022323032362d31312d32315430323a35393a30352e383630313638345a222c0a20202270726f6772616d56657273696f6e223a2022302e312e30220a7d');
SELECT pg_catalog.setval('public.granary_market_id_seq', 1, true);
ALTER TABLE ONLY public.granary_bar
    ADD CONSTRAINT granary_bar_pkey PRIMARY KEY (market, "time");
ALTER TABLE ONLY public.granary_dataset
    ADD CONSTRAINT granary_dataset_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.granary_instrument
    ADD CONSTRAINT granary_instrument_pkey PRIMARY KEY (dataset, symbol);
ALTER TABLE ONLY public.granary_journal_migration
    ADD CONSTRAINT granary_journal_migration_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.granary_journal
    ADD CONSTRAINT granary_journal_pkey PRIMARY KEY (account, sequence);
ALTER TABLE ONLY public.granary_lease
    ADD CONSTRAINT granary_lease_pkey PRIMARY KEY (account);
ALTER TABLE ONLY public.granary_market
    ADD CONSTRAINT granary_market_dataset_symbol_timeframe_key UNIQUE (dataset, symbol, timeframe);
ALTER TABLE ONLY public.granary_market
    ADD CONSTRAINT granary_market_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.granary_migration
    ADD CONSTRAINT granary_migration_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.granary_model_pointer
    ADD CONSTRAINT granary_model_pointer_pkey PRIMARY KEY (model);
ALTER TABLE ONLY public.granary_model_version
    ADD CONSTRAINT granary_model_version_pkey PRIMARY KEY (model, number);
CREATE INDEX granary_journal_kind ON public.granary_journal USING btree (account, kind, sequence);
CREATE INDEX granary_journal_recorded ON public.granary_journal USING btree (account, recorded);
CREATE INDEX granary_journal_strategy ON public.granary_journal USING btree (account, strategy, sequence) WHERE (strategy <> ''::text);
CREATE INDEX granary_journal_symbol ON public.granary_journal USING btree (account, symbol, sequence) WHERE (symbol <> ''::text);
ALTER TABLE ONLY public.granary_instrument
    ADD CONSTRAINT granary_instrument_dataset_fkey FOREIGN KEY (dataset) REFERENCES public.granary_dataset(name);
ALTER TABLE ONLY public.granary_market
    ADD CONSTRAINT granary_market_dataset_symbol_fkey FOREIGN KEY (dataset, symbol) REFERENCES public.granary_instrument(dataset, symbol);
