-- A source could not be read from then to then. `namespace` is '' for a source of the whole cluster, `to_ms` NULL
-- while it lasts.
CREATE TABLE source_intervals (
    id        INTEGER PRIMARY KEY,
    cluster   TEXT NOT NULL,
    resource  TEXT NOT NULL,
    namespace TEXT NOT NULL,
    state     TEXT NOT NULL,
    reason    TEXT,
    from_ms   INTEGER NOT NULL,
    to_ms     INTEGER
) STRICT;

CREATE INDEX source_intervals_by_source ON source_intervals (cluster, resource, namespace, from_ms);

-- Transitions from then to then were not taken down: of one workload, or, where that is NULL, of any of the cluster.
CREATE TABLE losses (
    id       INTEGER PRIMARY KEY,
    cluster  TEXT NOT NULL,
    workload INTEGER REFERENCES workloads (id) ON DELETE CASCADE,
    from_ms  INTEGER NOT NULL,
    to_ms    INTEGER NOT NULL
) STRICT;

CREATE INDEX losses_by_workload ON losses (workload, from_ms);

-- Which clusters have answered under a name, by the uid of their namespace kube-system.
CREATE TABLE clusters (
    name     TEXT NOT NULL,
    uid      TEXT NOT NULL,
    first_ms INTEGER NOT NULL,
    last_ms  INTEGER NOT NULL,
    PRIMARY KEY (name, uid)
) STRICT, WITHOUT ROWID;
