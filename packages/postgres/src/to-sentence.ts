// What a command says of an error of the database.
import { describeDatabaseError, isUnavailable } from './errors.ts';
import { MigrationError } from './migrate.ts';

/** One sentence for whoever runs a command, or undefined where the error is not the database's to explain. */
export function toDatabaseSentence(error: unknown): string | undefined {
  if (error instanceof MigrationError) return error.message;
  if (isUnavailable(error)) return `The database is not available: ${describeDatabaseError(error)}.`;
  return undefined;
}
