// What `global-setup.ts` hands to the tests.
import type { MongoProgram } from './mongo-program.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL on which tests may create databases; from POSTGRES_TEST_URL, DATABASE_URL or embedded. */
    postgresUrl: string;
    /** A MongoDB on which tests may create databases; null where there can be none, or the project uses none. */
    mongoUrl: string | null;
    /** What starts further ones. */
    mongoProgram: MongoProgram | null;
  }
}
