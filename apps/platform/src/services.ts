// The services that `npm start` runs, one entry each: everything else in this app follows from this table.

export interface ServiceDefinition {
  /** The folder below apps/, and what people type. */
  readonly name: string;
  /** `BOOKS_PORT`, `BOOKS_DATABASE_URL`, …: the supervisor's variables, which the service knows without the prefix. */
  readonly prefix: string;
  readonly defaultPort: number;
  /** The name of its database in the embedded PostgreSQL. */
  readonly database: string;
  /** Whether the documented `DATABASE_URL` and `SECRET_KEY`, without a prefix, are its own. */
  readonly ownsPlainNames: boolean;
  /** What to try once it runs: commands to copy. */
  readonly tryNext: (url: string) => readonly string[];
}

export const SERVICES: readonly ServiceDefinition[] = [
  {
    name: 'books-api',
    prefix: 'BOOKS',
    defaultPort: 5000,
    database: 'books',
    ownsPlainNames: true,
    tryNext: (url) => [
      `curl ${url}/books`,
      `curl -X POST ${url}/register -H 'Content-Type: application/json' -d '{"username":"ada","password":"lovelace"}'`,
      'npm run seed',
      'npm run loadtest -- -u 100 -r 20 -t 60s',
    ],
  },
];
