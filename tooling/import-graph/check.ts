// The check as one function: read the workspace, parse every import, resolve it to its room, ask each rule.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArchitecture } from './architecture.ts';
import { resolveImports } from './resolve.ts';
import { checkBoundaries } from './rules/boundaries.ts';
import { checkCycles } from './rules/cycles.ts';
import { checkDeclared } from './rules/declared.ts';
import { checkEnvironment } from './rules/environment.ts';
import { checkGraph } from './rules/graph.ts';
import { checkLayers } from './rules/layers.ts';
import { checkPurity } from './rules/purity.ts';
import { parseSource } from './source.ts';
import type { Project, Violation } from './types.ts';
import { listSourceFiles, loadWorkspace } from './workspace.ts';

const rules = [
  checkGraph,
  checkBoundaries,
  checkDeclared,
  checkPurity,
  checkLayers,
  checkEnvironment,
  checkCycles,
];

export interface Report {
  readonly violations: readonly Violation[];
  readonly rooms: number;
  readonly files: number;
  readonly imports: number;
}

/** Checks the workspace under `root`; throws only when that folder is no workspace of ours. */
export function checkImportGraph(root: string): Report {
  const project = loadProject(root);
  return {
    violations: rules.flatMap((rule) => rule(project)).toSorted(byPlace),
    rooms: project.workspace.rooms.length,
    files: project.files.length,
    imports: project.imports.length,
  };
}

function loadProject(root: string): Project {
  const workspace = loadWorkspace(root);
  const architecture = parseArchitecture('docs/architecture.md', readDocument(root, 'docs/architecture.md'));
  const files = workspace.rooms
    .flatMap((room) => listSourceFiles(root, room))
    .map((file) => parseSource(file, readFileSync(join(root, file.path), 'utf8')));
  return { workspace, architecture, files, imports: resolveImports(workspace, files) };
}

function readDocument(root: string, path: string): string {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch (cause) {
    throw new Error(`${path} is missing: it holds the graph that the imports are checked against.`, {
      cause,
    });
  }
}

function byPlace(a: Violation, b: Violation): number {
  return a.file.localeCompare(b.file) || a.line - b.line;
}
