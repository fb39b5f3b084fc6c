-- The comparison of each day of a live account with a backtest of the final bars. The primary key keeps a day from being written twice.
CREATE TABLE granary_parity (account text, day date, document bytea NOT NULL, PRIMARY KEY (account, day));
