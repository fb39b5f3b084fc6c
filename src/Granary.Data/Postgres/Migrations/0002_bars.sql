-- Bars by market and open time. Prices as they were traded; the adjusted close beside them where there is one.
CREATE TABLE granary_bar (
    market   integer NOT NULL REFERENCES granary_market (id) ON DELETE CASCADE,
    time     timestamptz NOT NULL,
    open     double precision NOT NULL,
    high     double precision NOT NULL,
    low      double precision NOT NULL,
    close    double precision NOT NULL,
    volume   double precision NOT NULL,
    adjusted double precision,
    PRIMARY KEY (market, time)
);
