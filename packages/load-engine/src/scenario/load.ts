/** Imports a scenario from its file. */
import { existsSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LoadEngineError, toMessage } from '../errors.ts';
import { isScenario, type Scenario } from './define.ts';

const TYPESCRIPT = ['.ts', '.mts'];
const EXTENSIONS = [...TYPESCRIPT, '.js', '.mjs'];

/**
 * The scenario that a file exports as default, as `scenario`, or that its `createScenario()` makes. Throws a LoadEngineError `scenario-not-loaded`
 * whose sentence says what is wrong with the file.
 */
export async function loadScenario(file: string): Promise<Scenario> {
  const path = resolve(file);
  assertLoadable(path, file);
  const module = await importFile(path, file);
  const found = module.default ?? module.scenario ?? (await callFactory(module));
  if (isScenario(found)) return found;
  throw notLoaded(`${file} exports no scenario: it needs "export default defineScenario({ … })"`);
}

function assertLoadable(path: string, file: string): void {
  if (!existsSync(path)) throw notLoaded(`The scenario file ${file} does not exist`);
  const extension = extname(path);
  if (!EXTENSIONS.includes(extension)) {
    throw notLoaded(`${file} is no scenario file: its name must end in ${EXTENSIONS.join(', ')}`);
  }
  if (TYPESCRIPT.includes(extension) && !process.features.typescript) {
    throw notLoaded(
      `${file} is TypeScript, which Node ${process.versions.node} cannot run: use Node 22.18 or newer, or write it as .mjs`,
    );
  }
}

interface ScenarioModule {
  readonly default?: unknown;
  readonly scenario?: unknown;
  readonly createScenario?: unknown;
  /** The documented name. */
  readonly create_scenario?: unknown;
}

async function callFactory({ createScenario, create_scenario }: ScenarioModule): Promise<unknown> {
  const create = createScenario ?? create_scenario;
  return typeof create === 'function' ? await create() : undefined;
}

async function importFile(path: string, file: string): Promise<ScenarioModule> {
  try {
    return await import(pathToFileURL(path).href);
  } catch (cause) {
    throw notLoaded(`${file} could not be loaded: ${toMessage(cause)}`, cause);
  }
}

function notLoaded(sentence: string, cause?: unknown): LoadEngineError {
  return new LoadEngineError('scenario-not-loaded', sentence.endsWith('.') ? sentence : `${sentence}.`, {
    cause,
  });
}
