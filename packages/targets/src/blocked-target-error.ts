/** A target that traffic may not go to. Its message is one sentence that may be shown to whoever asked for it. */
export class BlockedTargetError extends Error {
  override readonly name = 'BlockedTargetError';
  readonly code = 'TARGET_BLOCKED';
}
