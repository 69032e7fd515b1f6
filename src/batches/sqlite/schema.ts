/** The tables of the SQLite store. */

/** Version of the tables below. A file with another version is not touched. */
export const SCHEMA_VERSION = 2;

export const SCHEMA = `
-- By order of creation. A removed one is out of sight; its rows go step by step.
CREATE TABLE batches (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  clientBatchId TEXT UNIQUE,
  model TEXT NOT NULL,
  topK INTEGER,
  createdAt INTEGER NOT NULL,
  sealed INTEGER NOT NULL DEFAULT 0,
  stopped INTEGER NOT NULL DEFAULT 0,
  waiting INTEGER NOT NULL DEFAULT 0,
  running INTEGER NOT NULL DEFAULT 0,
  done INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  seq INTEGER NOT NULL DEFAULT 0,
  removed INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The queue: the first batch in it has the next item.
CREATE INDEX batchesToRun ON batches (number) WHERE waiting > 0 AND stopped = 0 AND removed = 0;
CREATE INDEX batchesToRemove ON batches (number) WHERE removed = 1;

-- fileOffset and bytes: where its picture is in the batch's file. The name and the outcome are JSON: the driver would cut a
-- name at its first NUL.
CREATE TABLE items (
  batch INTEGER NOT NULL REFERENCES batches,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  fileOffset INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  phase TEXT NOT NULL CHECK (phase IN ('waiting', 'running', 'done', 'failed')),
  deaths INTEGER NOT NULL DEFAULT 0,
  outcome TEXT,
  PRIMARY KEY (batch, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX itemsByPhase ON items (batch, phase, position);

-- What the batch was right after the event; position: of the item that ended.
CREATE TABLE events (
  batch INTEGER NOT NULL REFERENCES batches,
  seq INTEGER NOT NULL,
  state TEXT NOT NULL,
  total INTEGER NOT NULL,
  done INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  position INTEGER,
  PRIMARY KEY (batch, seq)
) STRICT, WITHOUT ROWID;
`;
