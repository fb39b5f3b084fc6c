-- The last journal entry of each account that was compared with the rules.
CREATE TABLE granary_delivery_cursor (account text PRIMARY KEY, sequence bigint NOT NULL, at timestamptz NOT NULL);
-- Work that one silo does at a time: the choice of the messages of a channel, and the reading of an account's journal.
CREATE TABLE granary_delivery_turn (name text PRIMARY KEY, leased_until timestamptz NOT NULL);
