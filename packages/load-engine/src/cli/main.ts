/** The process of the command: arguments in, exit code out. */
import { CommanderError } from 'commander';
import { LoadEngineError, type LoadEngineErrorCode, toMessage } from '../errors.ts';
import { buildCommand } from './arguments.ts';
import { completeFor } from './completion.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { carryOut } from './session.ts';
import { readVersion } from './version.ts';

/** What is found wrong before anything is sent. */
const USAGE_CODES: ReadonlySet<LoadEngineErrorCode> = new Set([
  'scenario-not-loaded',
  'scenario-invalid',
  'report-unwritable',
]);

// `loadspiker … | head` closes the pipe early: that is no failure of the run.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// Code of a scenario's setup or report may lose track of a promise: that is no failed request, and needs no stack.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => process.exit(explain(error)));
}

const exitCode = await main(process.argv.slice(2));
// Code of the scenario may have left timers or sockets behind; they must not keep the command from ending.
process.stdout.write('', () => process.exit(exitCode));

async function main(words: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.passed;
  const command = buildCommand(readVersion(), {
    onLoad: async (load, output) => {
      exitCode = await carryOut(load, output);
    },
    onInteractive: async (options) => {
      const { interact } = await import('./interactive.ts');
      await interact(process.stdin, process.stdout, options);
    },
    say: (text) => process.stdout.write(text),
  });
  completeFor(command);
  try {
    await command.parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    return explain(error);
  }
}

/** One sentence, and the code that says whose fault it was. */
function explain(error: unknown): ExitCode {
  // Commander has printed its own sentence; help and version end with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.passed : EXIT.usage;
  process.stderr.write(`loadspiker: ${toMessage(error)}\n`);
  if (error instanceof RangeError || error instanceof TypeError) return EXIT.usage;
  const isUsage = error instanceof LoadEngineError && USAGE_CODES.has(error.code);
  return isUsage ? EXIT.usage : EXIT.broken;
}
