export { type DatabaseUrl, parseDatabaseUrl } from './database-url.ts';
export { ensureDatabase } from './ensure-database.ts';
export { describeDatabaseError, findConstraint, isUnavailable } from './errors.ts';
export { MigrationError, type MigrationOptions, migrate } from './migrate.ts';
export { createPool, type PoolOptions } from './pool.ts';
export { toDatabaseSentence } from './to-sentence.ts';
