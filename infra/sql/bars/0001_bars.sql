-- Datasets, and what each of them has: a market is one instrument at one timeframe.
CREATE TABLE granary_dataset (
    name    text PRIMARY KEY,
    created timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE granary_instrument (
    dataset text NOT NULL REFERENCES granary_dataset (name),
    symbol  text NOT NULL,
    venue   text NOT NULL,
    about   jsonb NOT NULL, -- currency, tick, lot, multiplier, margin, calendar
    PRIMARY KEY (dataset, symbol)
);

CREATE TABLE granary_market (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dataset      text NOT NULL,
    symbol       text NOT NULL,
    timeframe    text NOT NULL,
    about        text NOT NULL, -- the instrument as its bars showed it: decimals, whether it skips weekends
    has_adjusted boolean NOT NULL,
    bars         bigint NOT NULL DEFAULT 0,
    first_open   timestamptz,
    last_open    timestamptz,
    raw_hash      text NOT NULL DEFAULT '', -- SHA-256 of all bars; '' while it is not known
    adjusted_hash text NOT NULL DEFAULT '',
    changed      timestamptz NOT NULL DEFAULT now(),
    UNIQUE (dataset, symbol, timeframe),
    FOREIGN KEY (dataset, symbol) REFERENCES granary_instrument (dataset, symbol)
);

-- Bars by market and open time. Prices as they were traded; the adjusted close beside them where there is one.
CREATE TABLE granary_bar (
    market   integer NOT NULL, -- granary_market.id; checked by whoever merges, since a look for every bar would double an import
    time     timestamptz NOT NULL,
    open     double precision NOT NULL,
    high     double precision NOT NULL,
    low      double precision NOT NULL,
    close    double precision NOT NULL,
    volume   double precision NOT NULL,
    adjusted double precision,
    PRIMARY KEY (market, time)
);
