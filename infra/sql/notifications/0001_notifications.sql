-- Notifications on their way to webhooks. An attempt is made by the silo that holds the lease of the row.
CREATE TABLE granary_delivery (id text PRIMARY KEY, document bytea NOT NULL, leased_until timestamptz);
-- The time up to which ended jobs were compared with the rules: one row.
CREATE TABLE granary_delivery_since (one boolean PRIMARY KEY DEFAULT true CHECK (one), at timestamptz NOT NULL);
-- The rules that callers have changed: one row. Without it the rules of the file of --notifications are in force.
CREATE TABLE granary_notification_rules (one boolean PRIMARY KEY DEFAULT true CHECK (one), version bigint NOT NULL, document bytea NOT NULL);
