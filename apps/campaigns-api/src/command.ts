// How the commands beside the service end: with 0, or with one sentence on stderr and 1.
import { describeDatabaseError, isUnavailable, MigrationError } from '@trafficflux/postgres';
import { ConfigError } from '@trafficflux/service-kit';

export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    console.error(toSentence(error));
    process.exitCode = 1;
  }
}

function toSentence(error: unknown): string {
  if (error instanceof ConfigError || error instanceof MigrationError) return error.message;
  if (isUnavailable(error)) return `The database is not available: ${describeDatabaseError(error)}.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
