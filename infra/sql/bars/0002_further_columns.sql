-- Further columns of bars, such as open interest: their names in order at the market, and their values by the same order at each bar.
ALTER TABLE granary_market ADD COLUMN further text[] NOT NULL DEFAULT '{}';

-- Shorter than the names where a bar was stored before a column was; NaN for no value.
ALTER TABLE granary_bar ADD COLUMN further double precision[];
