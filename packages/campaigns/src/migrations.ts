// Where the migrations lie: for `migrate` of @trafficflux/postgres.
import { fileURLToPath } from 'node:url';

/** The folder of the migrations of the campaigns' database. */
export const campaignMigrations = fileURLToPath(new URL('../prisma/migrations', import.meta.url));
