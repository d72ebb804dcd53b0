-- The people of the session runner and the hub, with the names that the documents give in MongoDB.
CREATE TABLE users (
  -- 24 hexadecimal digits, as in MongoDB.
  id text COLLATE "C" PRIMARY KEY,
  -- Compared, and listed, byte by byte: `bob` is not `BOB`.
  username text COLLATE "C" NOT NULL CONSTRAINT users_username_key UNIQUE,
  email text NOT NULL,
  -- The e-mail in lower case: by it e-mails are compared.
  email_key text COLLATE "C" NOT NULL CONSTRAINT users_email_key_key UNIQUE,
  full_name text,
  hashed_password text NOT NULL,
  disabled boolean NOT NULL DEFAULT false,
  roles text[] NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
