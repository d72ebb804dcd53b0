import { describe, expect, test } from 'vitest';
import { parseDatabaseUrl } from '../src/index.ts';

describe('a database URL', () => {
  test.each([
    ['postgres://u:p@db:6000/books', 'postgresql://u:p@db:6000/books', 'db', 6000, 'books'],
    ['postgresql://u:p@db/books', 'postgresql://u:p@db/books', 'db', 5432, 'books'],
    [
      'postgresql+psycopg2://postgres:password@localhost:5432/my_project_db',
      'postgresql://postgres:password@localhost:5432/my_project_db',
      'localhost',
      5432,
      'my_project_db',
    ],
    [
      '  postgresql://u@[::1]:5433/a%20b?sslmode=disable\n',
      'postgresql://u@[::1]:5433/a%20b?sslmode=disable',
      '[::1]',
      5433,
      'a b',
    ],
  ])('%s is understood', (text, href, host, port, database) => {
    expect(parseDatabaseUrl(text)).toEqual({ href, host, port, database });
  });

  test.each([
    '',
    'mysql://u:hunter2@db/x',
    'postgresql://u:hunter2@db',
    'postgresql://u:hunter2@db:99999/x',
    'hunter2',
  ])('%s is refused with a sentence that does not repeat it', (text) => {
    expect(() => parseDatabaseUrl(text)).toThrow(TypeError);
    expect(() => parseDatabaseUrl(text)).not.toThrow(/hunter2/);
  });
});
