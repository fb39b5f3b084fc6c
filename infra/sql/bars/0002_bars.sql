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
