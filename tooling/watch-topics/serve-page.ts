// The page of docs/examples/watch-topics on a port of its own. It asks for everything there, and this hands over to the hub:
// so a page of another origin needs no leave of the hub's.
import { createReadStream } from 'node:fs';
import type { ClientRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer, type HttpProxy, type Plugin } from 'vite';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = join(ROOT, 'docs/examples/watch-topics');
const CLIENT = '@trafficflux/realtime-client';

export interface PageOptions {
  /** `http://localhost:8081` */
  readonly hub: string;
  /** The next free one where it is taken; 0 for any. */
  readonly port: number;
  readonly topics: readonly string[];
}

export interface ServedPage {
  /** With the topics. */
  readonly url: string;
  close(): Promise<void>;
}

/** @throws {TypeError} for a hub or a port that is none */
export async function servePage({ hub, port, topics }: PageOptions): Promise<ServedPage> {
  if (!/^https?:/.test(hub) || !URL.canParse(hub))
    throw new TypeError(`The hub has an address like http://localhost:8081, not "${hub}".`);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new TypeError('A port is a number from 0 to 65535.');
  const target = new URL(hub).origin;
  const toHub = { target, changeOrigin: true, configure: leaveOutOrigin };
  const server = await createServer({
    root: PAGE,
    appType: 'custom',
    plugins: [plainPage],
    configFile: false,
    logLevel: 'warn',
    clearScreen: false,
    cacheDir: join(tmpdir(), 'trafficflux-watch-topics'),
    resolve: { alias: { [CLIENT]: fileURLToPath(import.meta.resolve(CLIENT)) } },
    optimizeDeps: { noDiscovery: true },
    server: {
      host: 'localhost',
      port,
      hmr: false,
      ws: false,
      fs: { allow: [ROOT] },
      proxy: { '/sessions': toHub, '/ws': { ...toHub, ws: true } },
    },
  });
  await server.listen();
  const url = new URL(server.resolvedUrls?.local[0] ?? '');
  for (const topic of topics) url.searchParams.append('topic', topic);
  return { url: url.href, close: () => server.close() };
}

/**
 * The page as it is. Vite would add its own client, whose socket never opens here: and a browser opens no second one to the
 * same host before the first.
 */
const plainPage: Plugin = {
  name: 'plain-page',
  configureServer: ({ middlewares }) => {
    middlewares.use('/', (request, response, next) => {
      if (new URL(request.url ?? '/', 'http://page').pathname !== '/') next();
      else {
        response.setHeader('content-type', 'text/html');
        createReadStream(join(PAGE, 'index.html')).pipe(response);
      }
    });
  },
};

/** The hub may know which pages it lets in (ALLOWED_ORIGINS); who asks here is no page but a program, as wscat is. */
function leaveOutOrigin(proxy: HttpProxy.ProxyServer): void {
  for (const event of ['proxyReq', 'proxyReqWs'] as const)
    proxy.on(event, (request: ClientRequest) => request.removeHeader('origin'));
}
