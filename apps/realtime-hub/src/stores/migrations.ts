// Where the migrations of the hub lie.
import { fileURLToPath } from 'node:url';

export const HUB_MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));
