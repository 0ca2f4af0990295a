CREATE TABLE IF NOT EXISTS accounts (
  key TEXT PRIMARY KEY,
  provider TEXT NOT NULL,
  token TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS accounts_by_token ON accounts (provider, token);

CREATE TABLE IF NOT EXISTS counters (
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  value INTEGER NOT NULL,
  PRIMARY KEY (account, kind)
);

CREATE TABLE IF NOT EXISTS records (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (account, kind, id)
);
CREATE INDEX IF NOT EXISTS records_in_order ON records (account, kind, seq);
CREATE INDEX IF NOT EXISTS records_by_email ON records (account, kind, json_extract(body, '$.email'), seq);
CREATE INDEX IF NOT EXISTS records_by_phone ON records (account, kind, json_extract(body, '$.phone'), seq);
CREATE INDEX IF NOT EXISTS records_by_lead ON records (account, kind, json_extract(body, '$.lead_id'), seq);
CREATE INDEX IF NOT EXISTS records_by_contact ON records (account, kind, json_extract(body, '$.contactId'), seq);
CREATE INDEX IF NOT EXISTS records_by_thread ON records (account, kind, json_extract(body, '$._thread'), seq);

CREATE TABLE IF NOT EXISTS deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  event TEXT NOT NULL,
  url TEXT NOT NULL,
  headers TEXT NOT NULL,
  body TEXT NOT NULL,
  retries TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'sending', 'delivered', 'failed', 'dropped')),
  due_at REAL NOT NULL,
  created_at REAL NOT NULL,
  finished_at REAL,
  attempts INTEGER NOT NULL DEFAULT 0,
  last_status INTEGER,
  last_error TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (due_at, id) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS deliveries_by_account ON deliveries (account, id);

CREATE TABLE IF NOT EXISTS faults (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  provider TEXT NOT NULL,
  account TEXT NOT NULL DEFAULT '',
  operation TEXT NOT NULL,
  kind TEXT NOT NULL,
  remaining INTEGER,
  delay_s REAL,
  copies INTEGER NOT NULL DEFAULT 1,
  message TEXT NOT NULL DEFAULT ''
);

CREATE TABLE IF NOT EXISTS requests (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at REAL NOT NULL,
  account TEXT NOT NULL,
  provider TEXT NOT NULL,
  operation TEXT NOT NULL,
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  status INTEGER NOT NULL,
  fault TEXT NOT NULL,
  took_ms REAL NOT NULL
);
