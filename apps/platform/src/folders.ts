// Where things lie in .data.
import { join } from 'node:path';

/** The embedded PostgreSQL, and what was migrated in it. */
export function postgresFolder(dataDir: string): string {
  return join(dataDir, 'postgres');
}
