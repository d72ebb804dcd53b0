// Where sockets read into.

const READ_BYTES = 65_536;
let shared: Buffer | undefined;

/**
 * On Linux and macOS, libuv reads and reports in one step, so that all sockets of a thread can share one buffer.
 * On Windows a read is under way while nobody waits for it: there each connection needs its own.
 */
export function createReadBuffer(): Buffer {
  if (process.platform === 'win32') return Buffer.allocUnsafeSlow(READ_BYTES);
  shared ??= Buffer.allocUnsafeSlow(READ_BYTES);
  return shared;
}
