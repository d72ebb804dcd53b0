/** Opens the address of a service: `localhost` means 127.0.0.1 and ::1, whatever the hosts file says. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { HttpConfig } from '../config/http-config.ts';
import { toListenError } from './listen-error.ts';

/** What a listening service tells: its URLs, the first of which is the one to show. */
export interface Listening {
  readonly port: number;
  readonly urls: readonly string[];
}

/**
 * Listens on the configured address.
 *
 * @throws {ConfigError} one sentence about a taken port, a forbidden one or an address that is not ours
 */
export async function listen(
  app: FastifyInstance,
  config: HttpConfig,
  createServer: () => Server,
): Promise<Listening> {
  const isLocalhost = config.host === 'localhost';
  try {
    await app.listen({
      host: isLocalhost ? '127.0.0.1' : config.host,
      port: config.port,
      listenTextResolver: () => 'listening',
    });
    const { port } = app.server.address() as AddressInfo;
    if (isLocalhost) await listenOnLoopback6(app, createServer(), port);
    return { port, urls: toUrls(config, port) };
  } catch (error) {
    await app.close();
    throw toListenError(error, config);
  }
}

async function listenOnLoopback6(_app: FastifyInstance, server: Server, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host: '::1', port, ipv6Only: true }, resolve);
  try {
    await promise;
  } catch (error) {
    if (hasNoIpv6(error)) return;
    throw error;
  }
}

function hasNoIpv6(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
}

function toUrls(config: HttpConfig, port: number): string[] {
  const scheme = config.tls === null ? 'http' : 'https';
  const isEverywhere = config.host === '0.0.0.0' || config.host === '::';
  const host = isEverywhere ? 'localhost' : config.host.includes(':') ? `[${config.host}]` : config.host;
  return [`${scheme}://${host}:${port}`];
}
