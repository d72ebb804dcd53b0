// Finds every import of a file, in whatever form it is written, and every read of the environment.
import { type Expression, type MemberExpression, parseSync, Visitor } from 'oxc-parser';
import type { FileInRoom, ImportSite, SourceFile } from './types.ts';

/** Parses one file: imports (static, type, dynamic with a literal, re-export, require, resolve). */
export function parseSource(file: FileInRoom, text: string): SourceFile {
  const { program, errors } = parseSync(file.path, text);
  const toLine = lineCounter(text);
  const imports: ImportSite[] = [];
  const environmentReads: number[] = [];

  new Visitor({
    ImportDeclaration({ source, importKind, specifiers, start }) {
      const everyNameIsType =
        specifiers.length > 0 &&
        specifiers.every(
          (specifier) => specifier.type === 'ImportSpecifier' && specifier.importKind === 'type',
        );
      add(source.value, start, importKind === 'type' || everyNameIsType);
      if (isProcess(source.value) && specifiers.some((specifier) => importedName(specifier) === 'env')) {
        environmentReads.push(toLine(start));
      }
    },
    ExportAllDeclaration: ({ source, exportKind, start }) => add(source.value, start, exportKind === 'type'),
    ExportNamedDeclaration({ source, exportKind, start }) {
      if (source) add(source.value, start, exportKind === 'type');
    },
    TSImportType: ({ source, start }) => add(source.value, start, true),
    TSImportEqualsDeclaration({ moduleReference, importKind, start }) {
      if (moduleReference.type !== 'TSExternalModuleReference') return;
      add(moduleReference.expression.value, start, importKind === 'type');
    },
    ImportExpression: ({ source, start }) => addLiteral(source, start),
    CallExpression({ callee, arguments: [first], start }) {
      if (first && first.type !== 'SpreadElement' && loadsModule(callee)) addLiteral(first, start);
    },
    MemberExpression(node) {
      if (readsEnvironment(node)) environmentReads.push(toLine(node.start));
    },
    VariableDeclarator({ id, init, start }) {
      if (id.type !== 'ObjectPattern' || init?.type !== 'Identifier' || init.name !== 'process') return;
      const names = id.properties.map((property) => property.type === 'Property' && nameOf(property.key));
      if (names.includes('env')) environmentReads.push(toLine(start));
    },
  }).visit(program);

  return { ...file, text, imports, environmentReads, syntaxErrors: errors.map((error) => error.message) };

  function add(specifier: string, start: number, typeOnly: boolean): void {
    imports.push({ specifier, line: toLine(start), typeOnly });
  }

  function addLiteral(source: Expression, start: number): void {
    const specifier = toText(source);
    if (specifier !== undefined) add(specifier, start, false);
  }
}

function lineCounter(text: string): (offset: number) => number {
  return (offset) => text.slice(0, offset).split('\n').length;
}

function isProcess(specifier: string): boolean {
  return specifier === 'process' || specifier === 'node:process';
}

function importedName(specifier: { readonly type: string; readonly imported?: object }): string | undefined {
  return specifier.imported && 'name' in specifier.imported ? String(specifier.imported.name) : undefined;
}

/** A computed path is left alone: a scenario file, for one, is named by its user. */
function toText(source: Expression): string | undefined {
  if (source.type === 'Literal' && typeof source.value === 'string') return source.value;
  if (source.type === 'TemplateLiteral' && source.expressions.length === 0) {
    return source.quasis[0]?.value.cooked ?? undefined;
  }
  return undefined;
}

/** `require(…)`, `require.resolve(…)`, `import.meta.resolve(…)`. */
function loadsModule(callee: Expression): boolean {
  if (callee.type === 'Identifier') return callee.name === 'require';
  if (callee.type !== 'MemberExpression' || nameOf(callee.property) !== 'resolve') return false;
  const { object } = callee;
  return object.type === 'MetaProperty' || (object.type === 'Identifier' && object.name === 'require');
}

/** `process.env`, `process['env']`, `globalThis.process.env`. */
function readsEnvironment({ object, property }: MemberExpression): boolean {
  if (nameOf(property) !== 'env') return false;
  if (object.type === 'Identifier') return object.name === 'process';
  return object.type === 'MemberExpression' && nameOf(object.property) === 'process';
}

function nameOf(key: object): string | undefined {
  if ('name' in key) return String(key.name);
  return 'value' in key ? String(key.value) : undefined;
}
