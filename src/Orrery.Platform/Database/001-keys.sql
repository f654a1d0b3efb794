CREATE TABLE keys (
    id      TEXT PRIMARY KEY,
    name    TEXT NOT NULL UNIQUE,
    role    TEXT NOT NULL,
    salt    TEXT NOT NULL,
    hash    TEXT NOT NULL,
    created BIGINT NOT NULL
);
