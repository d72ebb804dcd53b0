/** Why an address cannot be opened, in one sentence that says what to change. */
import { ConfigError } from '../config/config-error.ts';
import type { HttpConfig } from '../config/http-config.ts';

export function toListenError(
  error: unknown,
  config: HttpConfig,
  platform: string = process.platform,
): unknown {
  const { host, port, portVariable } = config;
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new ConfigError(
        `Port ${port} on ${host} is already in use: stop what listens there, or set ${portVariable} to another port.${airPlayHint(port, platform)}`,
        error,
      );
    case 'EACCES':
      return new ConfigError(
        `Port ${port} may not be opened by this user: set ${portVariable} to a port of 1024 or more.`,
        error,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ConfigError(`HOST must be an address of this machine, but it is "${host}".`, error);
    default:
      return error;
  }
}

/** On a Mac the usual tenant of these two ports is no process that anybody remembers starting. */
function airPlayHint(port: number, platform: string): string {
  if (platform !== 'darwin' || (port !== 5000 && port !== 7000)) return '';
  return ' On macOS it is usually AirPlay Receiver, which System Settings > General > AirDrop & Handoff switches off.';
}
