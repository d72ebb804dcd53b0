// How the commands beside the service end: with 0, or with one sentence on stderr and 1.
import { AccountStoreUnavailableError } from '@trafficflux/accounts';
import { describeDatabaseError, isUnavailable, MigrationError } from '@trafficflux/postgres';
import { ConfigError } from '@trafficflux/service-kit';
import { SessionStoreUnavailableError } from './sessions/session-store.ts';

export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    console.error(await toSentence(error));
    process.exitCode = 1;
  }
}

async function toSentence(error: unknown): Promise<string> {
  if (error instanceof ConfigError || error instanceof MigrationError) return error.message;
  if (error instanceof AccountStoreUnavailableError || error instanceof SessionStoreUnavailableError) {
    const { describeMongoError } = await import('@trafficflux/mongo');
    return `MongoDB is not available: ${describeMongoError(error)}.`;
  }
  if (isUnavailable(error)) return `The database is not available: ${describeDatabaseError(error)}.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
