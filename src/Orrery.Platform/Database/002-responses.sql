CREATE TABLE responses (
    id       TEXT PRIMARY KEY,
    owner    TEXT NOT NULL,
    previous TEXT,
    created  BIGINT NOT NULL,
    expires  BIGINT NOT NULL,
    bytes    BIGINT NOT NULL,
    input    TEXT NOT NULL,
    response TEXT NOT NULL
);
CREATE INDEX responses_of_owner ON responses (owner, created, id, bytes);
CREATE INDEX responses_by_expiry ON responses (expires);
