// The rooms of the workspace as pnpm sees them, and the source files in each.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileInRoom, Room, Workspace } from './types.ts';

const sourceFile = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const testFile = /\.(?:test|config|d)\.[cm]?[jt]sx?$|(?:^|\/)(?:tests?|fixtures)\//;
const foldersWithoutSource = new Set(['node_modules', 'generated', 'dist', 'coverage', '.data', '.turbo']);

export function loadWorkspace(root: string): Workspace {
  const patterns = [
    ...readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8').matchAll(/^ {2}- ["']?([^"'\s]+)/gm),
  ].map(([, pattern = '']) => pattern);
  const folders = patterns.flatMap((pattern) => expand(root, pattern));
  const manifest = readManifest(root, '.');
  return {
    rooms: folders.map((folder) => toRoom(folder, readManifest(root, folder))),
    rootDependencies: names(manifest.dependencies, manifest.devDependencies),
  };
}

function expand(root: string, pattern: string): string[] {
  const folders = pattern.endsWith('/*') ? childFolders(root, pattern.slice(0, -2)) : [pattern];
  return folders.filter((folder) => existsSync(join(root, folder, 'package.json')));
}

function childFolders(root: string, parent: string): string[] {
  if (!existsSync(join(root, parent))) return [];
  return readdirSync(join(root, parent)).map((name) => `${parent}/${name}`);
}

interface Manifest {
  readonly name?: string;
  readonly exports?: string | Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

function readManifest(root: string, folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
}

function toRoom(folder: string, manifest: Manifest): Room {
  return {
    name: folder.slice(folder.lastIndexOf('/') + 1),
    folder,
    kind: folder.startsWith('apps/') ? 'app' : folder.startsWith('packages/') ? 'package' : 'side',
    packageName: manifest.name ?? folder,
    exports: typeof manifest.exports === 'object' ? Object.keys(manifest.exports) : ['.'],
    shipped: names(manifest.dependencies, manifest.optionalDependencies, manifest.peerDependencies),
    forDevelopment: names(manifest.devDependencies),
  };
}

function names(...lists: (Readonly<Record<string, string>> | undefined)[]): Set<string> {
  return new Set(lists.flatMap((list) => Object.keys(list ?? {})));
}

/** The room's source files, sorted; what is generated, built or installed is left out. */
export function listSourceFiles(root: string, room: Room): FileInRoom[] {
  return walk(root, room.folder)
    .toSorted()
    .map((path) => ({ path, room, isTest: testFile.test(path.slice(room.folder.length + 1)) }));
}

function walk(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return foldersWithoutSource.has(entry.name) ? [] : walk(root, path);
    return entry.isFile() && sourceFile.test(entry.name) ? [path] : [];
  });
}
