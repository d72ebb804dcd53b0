/** A page's script from modules of our own: theirs and those they import, in one text without imports. */
import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, resolve } from 'node:path';

const IMPORT = /^import\s+\{([^}]*)\}\s+from\s+'([^']+)';[^\S\n]*$/gm;
const EXPORT = /^export (?=(?:async )?(?:const|function|class) (\w+))/gm;

/** The modules hold only imports and exports by name; each becomes a function that returns its exports. */
export function joinModules(entry: string): string {
  const names = new Map<string, string>();
  return `'use strict';\n{\n${collect(entry, names)}}\n`;
}

/** What a module imports stands before it. `names` has the modules that are there already. */
function collect(path: string, names: Map<string, string>): string {
  if (names.has(path)) return '';
  const source = readModule(path);
  const toPlace = (place: string): string => resolve(dirname(path), place);
  const imported = [...source.matchAll(IMPORT)].map(([, , place = '']) => collect(toPlace(place), names));
  const name = `module${names.size}`;
  names.set(path, name);
  const exports = [...source.matchAll(EXPORT)].map(([, each]) => each);
  const body = source
    .replace(
      IMPORT,
      (_, taken, place) => `const {${taken.replaceAll(' as ', ': ')}} = ${names.get(toPlace(place))};`,
    )
    .replace(EXPORT, '')
    // How the compiler marks a module that exports nothing.
    .replace(/^export \{\};$/m, '');
  return `${imported.join('')}const ${name} = (() => {\n${shorten(body)}return { ${exports.join(', ')} };\n})();\n`;
}

function readModule(path: string): string {
  const source = readFileSync(path, 'utf8');
  return path.endsWith('.ts') ? withoutWarnings(() => nodeModule.stripTypeScriptTypes(source)) : source;
}

/**
 * Only our own tree has types to strip, which older versions of Node cannot: hence no import of it by name. And whoever
 * runs the command there should not read that this is new in Node.
 */
function withoutWarnings(strip: () => string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return strip();
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** A page needs neither comments on lines of their own nor blank lines. */
function shorten(source: string): string {
  return source
    .replace(/^\s*\/\*\*.*?\*\/\s*$/gms, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/[^\S\n]+$/gm, '')
    .replace(/\n{2,}/g, '\n')
    .trimStart();
}
