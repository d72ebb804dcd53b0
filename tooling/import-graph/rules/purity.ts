// Rooms that must stay free of something: no Fastify in what runs without a server, no Node in what runs in a browser.
import { otherRoom } from '../resolve.ts';
import type { Project, ResolvedImport, Violation } from '../types.ts';

const roomsWithoutFastify = new Set(['load-engine', 'metrics', 'job-queue', 'event-bus']);
const roomsForBrowsers = new Set(['realtime-client']);
/** The Node side of a browser package says so in its name. */
const nodeOnlyFile = /(?:^|[/-])node(?:-[\w-]+)?\.ts$/;

export function checkPurity({ imports }: Project): Violation[] {
  const shipped = imports.filter((site) => !site.from.isTest);
  const servers = findServerRooms(shipped);
  return shipped.flatMap((site) => {
    const sentence = findFastify(site, servers) ?? findNode(site);
    return sentence ? [{ file: site.from.path, line: site.line, sentence }] : [];
  });
}

/** The rooms that import Fastify, or a room that does. */
function findServerRooms(imports: readonly ResolvedImport[]): Set<string> {
  const servers = new Set<string>();
  let known = -1;
  while (servers.size > known) {
    known = servers.size;
    for (const site of imports) {
      if (isFastify(site) || servers.has(otherRoom(site)?.name ?? '')) servers.add(site.from.room.name);
    }
  }
  return servers;
}

function isFastify({ target }: ResolvedImport): boolean {
  return target.kind === 'library' && /^(?:@fastify\/.+|fastify(?:-.+)?)$/.test(target.name);
}

function findFastify(site: ResolvedImport, servers: ReadonlySet<string>): string | undefined {
  const { from, specifier } = site;
  if (!roomsWithoutFastify.has(from.room.name)) return undefined;
  if (isFastify(site))
    return `imports '${specifier}': ${from.room.name} runs without a server, so without Fastify.`;
  const to = otherRoom(site);
  return to && servers.has(to.name)
    ? `imports ${to.name}, which brings Fastify: ${from.room.name} runs without a server.`
    : undefined;
}

function findNode({ from, target, specifier }: ResolvedImport): string | undefined {
  if (!roomsForBrowsers.has(from.room.name) || target.kind !== 'builtin') return undefined;
  if (nodeOnlyFile.test(from.path)) return undefined;
  return `imports '${specifier}': ${from.room.name} runs in a browser, which has no modules of Node.`;
}
