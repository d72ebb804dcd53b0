/** How the commands beside a service end: with 0, or with one sentence on stderr and 1. */
import { ConfigError } from '../config/config-error.ts';

/**
 * Runs a command to its end. `describe` gives the sentence for errors that it knows, for example of a store that is
 * away; anything else is a fault of ours and is shown with its stack.
 */
export async function runCommand(
  command: () => Promise<void>,
  describe: (error: unknown) => string | undefined | Promise<string | undefined>,
): Promise<void> {
  try {
    await command();
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : ((await describe(error)) ?? toText(error)));
    process.exitCode = 1;
  }
}

function toText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
