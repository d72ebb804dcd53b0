// What every command works with. Tests give another folder and services of their own.
import type { Environment } from './config.ts';
import { Problem } from './problem.ts';
import type { ServiceDefinition } from './services.ts';

export interface Context {
  readonly root: string;
  /** Everything we keep: databases, secrets, the state of a run. */
  readonly dataDir: string;
  readonly services: readonly ServiceDefinition[];
  /** The file of a service: `entry('books-api', 'main')`. */
  readonly entry: (service: string, file: string) => string;
  readonly environment: Environment;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
  /** Aborts when the process is asked to end, by a signal or because whoever started it is gone. */
  readonly ending: AbortSignal;
}

/** The services of these names, or all; an unknown name is answered with the names there are. */
export function chooseServices(context: Context, names: readonly string[]): ServiceDefinition[] {
  const unknown = names.find((name) => !context.services.some((service) => service.name === name));
  if (unknown !== undefined) {
    const known = context.services.map(({ name }) => name).join(', ');
    throw new Problem('unknown-name', `There is no service "${unknown}". There is: ${known}.`, {
      exitCode: 2,
    });
  }
  return context.services.filter(({ name }) => names.length === 0 || names.includes(name));
}
