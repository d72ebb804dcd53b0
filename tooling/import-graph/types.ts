// What the parts of this check hand to each other.

/** A package of the workspace. Its name in the graph is its folder's name. */
export interface Room {
  readonly name: string;
  /** From the root, with forward slashes: `packages/auth`. */
  readonly folder: string;
  readonly kind: 'app' | 'package' | 'side';
  readonly packageName: string;
  readonly exports: readonly string[];
  readonly shipped: ReadonlySet<string>;
  readonly forDevelopment: ReadonlySet<string>;
}

export interface Workspace {
  readonly rooms: readonly Room[];
  /** What the root's package.json offers to every room's tests and configuration. */
  readonly rootDependencies: ReadonlySet<string>;
}

export interface FileInRoom {
  readonly path: string;
  readonly room: Room;
  /** Tests, fixtures and tool configuration: what never runs in a service. */
  readonly isTest: boolean;
}

export interface SourceFile extends FileInRoom {
  readonly imports: readonly ImportSite[];
  /** The lines that read the environment. */
  readonly environmentReads: readonly number[];
  readonly syntaxErrors: readonly string[];
  /** Every string in the file, to see which names it uses. */
  readonly text: string;
}

export interface ImportSite {
  readonly line: number;
  readonly specifier: string;
  /** Erased before the program runs. */
  readonly typeOnly: boolean;
}

export type Target =
  | { readonly kind: 'file'; readonly path: string; readonly room: Room | undefined }
  | { readonly kind: 'room'; readonly room: Room; readonly subpath: string }
  | { readonly kind: 'library'; readonly name: string }
  | { readonly kind: 'builtin'; readonly name: string }
  | { readonly kind: 'alias' };

export interface ResolvedImport extends ImportSite {
  readonly from: SourceFile;
  readonly target: Target;
}

/** `ships`: source imports it. `tests`: only tests do. `starts`: as a process, with no import. */
export type EdgeKind = 'ships' | 'tests' | 'starts';

export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  readonly line: number;
}

export interface Architecture {
  readonly path: string;
  readonly firstLine: number;
  readonly nodes: ReadonlyMap<string, number>;
  readonly edges: readonly Edge[];
  /** What in the graph could not be read. */
  readonly violations: readonly Violation[];
}

export interface Project {
  readonly workspace: Workspace;
  readonly architecture: Architecture;
  readonly files: readonly SourceFile[];
  readonly imports: readonly ResolvedImport[];
}

export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly sentence: string;
}
