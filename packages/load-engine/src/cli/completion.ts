/** `loadspiker complete SHELL` prints a completion script for zsh, bash, fish or PowerShell. */
import addCompletion from '@bomb.sh/tab/commander';
import type { Command } from 'commander';

/** Adds the command, and the suggestions that the script asks for. */
export function completeFor(command: Command): void {
  addCompletion(command);
}
