// Finds the environment variables that the project knows, where they are declared.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

/** Where the environment may be read; tooling and benches beside it read only what their tests are told. */
const places = ['{apps,packages}/*/src/**/{config,*-config}.ts', 'tooling/test-stores/*.ts'];
/** The machine's own, which need no explanation. */
const machines = new Set(['PATH']);
const variableName = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/;

/** The names that `docs/configuration.md` explains: the first cell of each row of its tables. */
export function findDocumented(root: string): Set<string> {
  const text = readFileSync(join(root, 'docs/configuration.md'), 'utf8');
  const cells = [...text.matchAll(/^\| *(`[^|]+`) *\|/gm)].map(([, cell = '']) => cell);
  return new Set(
    cells.flatMap((cell) => [...cell.matchAll(/`([A-Z][A-Z0-9_]*)`/g)].map(([, name = '']) => name)),
  );
}

/** The names that are declared, each with the files that do: schemas of configuration, Compose, .env.example. */
export function findDeclared(root: string): Map<string, string[]> {
  const declared = new Map<string, string[]>();
  const add = (file: string) => (name: string) => declared.set(name, [...(declared.get(name) ?? []), file]);
  const schemas = globSync(places, { cwd: root });
  for (const file of schemas) findInSchema(file, readFileSync(join(root, file), 'utf8')).forEach(add(file));
  const compose = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
  for (const [, name = ''] of compose.matchAll(/\$\{(\w+)/g)) add('docker-compose.yml')(name);
  const example = readFileSync(join(root, '.env.example'), 'utf8');
  for (const [, name = ''] of example.matchAll(/^#? ?([A-Z][A-Z0-9_]*)=/gm)) add('.env.example')(name);
  return declared;
}

/** Keys in capitals of an object whose values are schemas, and what is read from `process.env` by name. */
function findInSchema(path: string, text: string): string[] {
  const names = new Set<string>();
  new Visitor({
    Property({ key, value }) {
      if (key.type !== 'Identifier' || !variableName.test(key.name)) return;
      if (value.type === 'CallExpression') names.add(key.name);
    },
    MemberExpression({ object, property }) {
      if (object.type !== 'MemberExpression' || property.type !== 'Identifier') return;
      if (object.property.type === 'Identifier' && object.property.name === 'env') names.add(property.name);
    },
  }).visit(parseSync(path, text).program);
  return [...names].filter((name) => !machines.has(name));
}
