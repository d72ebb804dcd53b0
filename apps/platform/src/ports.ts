// Whether the ports are free, asked before anything slow begins.
import { createServer } from 'node:net';
import type { ServiceConfig } from './config.ts';
import { Problem } from './problem.ts';

/** Throws one sentence for the first port that is taken: its number, and the variable that changes it. */
export async function checkPorts(services: readonly ServiceConfig[]): Promise<void> {
  for (const { host, port, portVariable } of services) {
    const code = port === 0 ? undefined : await findObstacle(host, port);
    if (code !== undefined) throw new Problem('port-taken', explainPort(code, host, port, portVariable));
  }
}

/** The reason why nothing can listen there, or undefined where something can. */
export async function findObstacle(host: string, port: number): Promise<string | undefined> {
  const addresses = host === 'localhost' ? ['127.0.0.1', '::1'] : [host];
  for (const address of addresses) {
    const code = await tryListen(address, port);
    // A machine without IPv6 lacks ::1, and localhost is 127.0.0.1 alone there.
    if (code !== undefined && !(address === '::1' && code !== 'EADDRINUSE')) return code;
  }
  return undefined;
}

function tryListen(host: string, port: number): Promise<string | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

export function explainPort(
  code: string,
  host: string,
  port: number,
  variable: string,
  platform: NodeJS.Platform = process.platform,
): string {
  const other = `${variable}=${port < 1024 ? port + 8000 : port + 1}`;
  if (code === 'EACCES')
    return `Port ${port} needs rights that you do not have: choose another with ${other}.`;
  if (code !== 'EADDRINUSE')
    return `Nothing can listen on ${host}:${port} (${code}): check HOST and ${variable}.`;
  const airPlay = platform === 'darwin' && port === 5000 ? ' (on macOS often by the AirPlay Receiver)' : '';
  return `Port ${port} is already taken${airPlay}: choose another with ${other}.`;
}
