-- The rules that callers have changed: one row. Without it the rules of the file of --notifications are in force.
CREATE TABLE granary_notification_rules (one boolean PRIMARY KEY DEFAULT true CHECK (one), version bigint NOT NULL, document bytea NOT NULL);
