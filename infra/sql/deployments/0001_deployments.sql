-- Versions of production configurations. The primary key keeps two hosts from writing the same number.
CREATE TABLE granary_deployment (number integer PRIMARY KEY, document bytea NOT NULL);
-- What was done to them, by whom and why: additions, enablement, switches, starts of sessions.
CREATE TABLE granary_deployment_event (sequence bigint PRIMARY KEY, document bytea NOT NULL);
