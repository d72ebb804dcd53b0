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

/** `service.ts` and `service-cached.ts` are both the service of their feature. */
function toLayer(path: string): number {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return layers.findIndex((layer) => name === `${layer}.ts` || name.startsWith(`${layer}-`));
}
