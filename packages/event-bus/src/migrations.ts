import { join } from 'node:path';

/** The folder with the migrations of the bus on PostgreSQL, for `migrate` of packages/postgres. */
export const eventBusMigrations = join(import.meta.dirname, '../migrations');
