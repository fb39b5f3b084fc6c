-- The facts of each account, in order, never changed. The primary key keeps a session that has lost its lease from writing over its successor.
CREATE TABLE granary_journal (
    account   text        NOT NULL,
    sequence  bigint      NOT NULL,
    recorded  timestamptz NOT NULL,
    kind      text        NOT NULL,
    strategy  text        NOT NULL,
    symbol    text        NOT NULL,
    body      jsonb       NOT NULL,
    session   uuid        NOT NULL,
    PRIMARY KEY (account, sequence)
);
CREATE INDEX granary_journal_strategy ON granary_journal (account, strategy, sequence) WHERE strategy <> '';
CREATE INDEX granary_journal_symbol   ON granary_journal (account, symbol, sequence)   WHERE symbol <> '';
CREATE INDEX granary_journal_recorded ON granary_journal (account, recorded);
CREATE INDEX granary_journal_kind     ON granary_journal (account, kind, sequence);
-- Who trades an account: for the sentence that a second session gets. The lease itself is an advisory lock.
CREATE TABLE granary_lease (account text PRIMARY KEY, holder text NOT NULL, session uuid NOT NULL, since timestamptz NOT NULL);
