import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const dataFolder = join(root, '.data');
export const modulesFolder = join(root, 'node_modules');
export const binFolder = join(modulesFolder, '.bin');
