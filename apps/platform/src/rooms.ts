// The folders that a service is made of: its own, and those of the packages of this workspace that it imports.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of a service, then those of the packages that it imports, directly or through others. */
export function listRooms(root: string, service: string): string[] {
  const seen = new Set<string>();
  const visit = (folder: string) => {
    if (seen.has(folder) || !existsSync(join(folder, 'package.json'))) return;
    seen.add(folder);
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    for (const [name, version] of Object.entries<string>(dependencies)) {
      if (version.startsWith('workspace:')) visit(join(root, 'packages', name.slice(name.indexOf('/') + 1)));
    }
  };
  visit(join(root, 'apps', service));
  return [...seen];
}
