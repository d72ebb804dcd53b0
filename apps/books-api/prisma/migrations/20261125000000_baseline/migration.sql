CREATE TABLE users (
  id serial PRIMARY KEY,
  username varchar(100) NOT NULL,
  hashed_password varchar(255) NOT NULL
);
CREATE UNIQUE INDEX users_username_key ON users (username);

CREATE TABLE authors (
  id integer PRIMARY KEY,
  name varchar(255) NOT NULL,
  bio varchar(1000),
  country varchar(100)
);

CREATE TABLE books (
  id integer PRIMARY KEY,
  title varchar(255) NOT NULL,
  author_id integer NOT NULL REFERENCES authors (id) ON DELETE CASCADE,
  isbn varchar(20),
  published_year integer,
  created_at timestamptz(3) DEFAULT now(),
  created_by_id integer REFERENCES users (id) ON DELETE SET NULL
);
CREATE INDEX books_author_id_id_idx ON books (author_id, id);
CREATE INDEX books_created_by_id_idx ON books (created_by_id);

CREATE TABLE genres (
  id serial PRIMARY KEY,
  name varchar(100) NOT NULL
);
CREATE UNIQUE INDEX genres_name_key ON genres (name);

CREATE TABLE book_genre (
  book_id integer NOT NULL REFERENCES books (id) ON DELETE CASCADE,
  genre_id integer NOT NULL REFERENCES genres (id) ON DELETE CASCADE,
  position smallint NOT NULL DEFAULT 0,
  PRIMARY KEY (book_id, genre_id)
);
CREATE INDEX book_genre_genre_id_idx ON book_genre (genre_id);
