// Runs the real command in a process of its own.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../bin/loadspiker.js', import.meta.url));

export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly ended: Promise<Outcome>;
  kill(signal: NodeJS.Signals): void;
  /** Goes away as the reader of its stdout. */
  stopReading(): void;
  /** What has appeared so far. */
  stderr(): string;
  /** Settles when that text has appeared on stderr. */
  said(text: string): Promise<void>;
}

export function startCommand(...words: string[]): RunningCommand {
  const child = spawn(process.execPath, [PROGRAM, ...words]);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  return {
    ended: new Promise((resolve) => child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }))),
    kill: (signal) => child.kill(signal),
    stderr: () => stderr,
    stopReading: () => child.stdout.destroy(),
    said: (text) =>
      new Promise((resolve) => {
        if (stderr.includes(text)) resolve();
        else
          child.stderr.on('data', () => {
            if (stderr.includes(text)) resolve();
          });
      }),
  };
}

export function runCommand(...words: string[]): Promise<Outcome> {
  return startCommand(...words).ended;
}
