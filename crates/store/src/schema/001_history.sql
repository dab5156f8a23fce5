CREATE TABLE workloads (
    id        INTEGER PRIMARY KEY,
    cluster   TEXT NOT NULL,
    namespace TEXT NOT NULL,
    kind      TEXT NOT NULL,
    name      TEXT NOT NULL,
    UNIQUE (cluster, namespace, kind, name)
) STRICT;

-- A workload entered the status `after` at `at_ms`; NULL: it was gone. Never two at the same time.
CREATE TABLE transitions (
    workload  INTEGER NOT NULL REFERENCES workloads (id) ON DELETE CASCADE,
    at_ms     INTEGER NOT NULL,
    before    TEXT,
    after     TEXT,
    code      TEXT,
    summary   TEXT,
    coalesced INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (workload, at_ms)
) STRICT, WITHOUT ROWID;

CREATE INDEX transitions_by_time ON transitions (at_ms);

-- What a judgement must know of the ones before it, in the form that the domain gives it.
CREATE TABLE memories (
    workload INTEGER PRIMARY KEY REFERENCES workloads (id) ON DELETE CASCADE,
    content  TEXT NOT NULL
) STRICT;

-- Our own process. `ended_ms` is NULL while it runs, and after a crash: then `alive_ms` is the last that is known.
CREATE TABLE runs (
    id         INTEGER PRIMARY KEY,
    started_ms INTEGER NOT NULL,
    alive_ms   INTEGER NOT NULL,
    ended_ms   INTEGER
) STRICT;
