// Inside an app the way is routes → service → repository, and never back.
import type { Project, Violation } from '../types.ts';

const layers = ['routes', 'service', 'repository'];

export function checkLayers({ imports }: Project): Violation[] {
  return imports.flatMap(({ from, target, line }) => {
    if (from.room.kind !== 'app' || from.isTest || target.kind !== 'file' || target.room !== from.room)
      return [];
    const [lower, higher] = [toLayer(from.path), toLayer(target.path)];
    if (lower === -1 || higher === -1 || higher >= lower) return [];
    const sentence = `a ${layers[lower]} imports ${target.path}: the way is routes → service → repository, never back.`;
    return [{ file: from.path, line, sentence }];
  });
}

/** `service.ts`, `service-cached.ts`, and `./service` or `./service.js` in an import are all the service. */
function toLayer(path: string): number {
  const [, layer = ''] = /\/(routes|service|repository)(?:-[\w-]+)?(?:\.[cm]?[jt]sx?)?$/.exec(path) ?? [];
  return layers.indexOf(layer);
}
