-- Funding of perpetual futures, and mark prices between two fundings.
CREATE TABLE granary_funding (
    dataset text NOT NULL REFERENCES granary_dataset (name),
    symbol  text NOT NULL,
    time    timestamptz NOT NULL,
    rate    double precision, -- fraction per period, as exchanges publish it; NULL if only the mark price is known
    mark    double precision, -- quote currency; NULL if unknown
    PRIMARY KEY (dataset, symbol, time)
);
