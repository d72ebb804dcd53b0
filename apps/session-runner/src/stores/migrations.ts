// Where the migrations of the sessions lie.
import { fileURLToPath } from 'node:url';

export const SESSIONS_MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));
