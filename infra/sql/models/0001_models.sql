-- Versions of trained models. The primary key keeps two hosts from writing the same version.
CREATE TABLE granary_model_version (
    model   text,
    number  integer,
    bytes   bytea NOT NULL,
    lineage bytea NOT NULL,
    PRIMARY KEY (model, number)
);
-- The current version of each model.
CREATE TABLE granary_model_pointer (model text PRIMARY KEY, pointer bytea NOT NULL);
