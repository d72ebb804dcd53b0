// What `global-setup.ts` hands to the tests.
declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL on which tests may create databases; from POSTGRES_TEST_URL, DATABASE_URL or embedded. */
    postgresUrl: string;
  }
}

export {};
