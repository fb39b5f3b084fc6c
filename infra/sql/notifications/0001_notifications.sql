-- Notifications on their way to webhooks. An attempt is made by the silo that holds the lease of the row.
CREATE TABLE granary_delivery (id text PRIMARY KEY, document bytea NOT NULL, leased_until timestamptz);
-- The time up to which ended jobs were compared with the rules: one row.
CREATE TABLE granary_delivery_since (one boolean PRIMARY KEY DEFAULT true CHECK (one), at timestamptz NOT NULL);
