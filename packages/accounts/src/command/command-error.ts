/** What the command was asked to do and cannot: the message is the sentence for whoever asked. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
