import { fileURLToPath } from 'node:url';

/** The folder of the migrations that `createPostgresAccountStore` needs, for `migrate`. */
export const accountsMigrations = fileURLToPath(new URL('../migrations', import.meta.url));
