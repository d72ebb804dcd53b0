// Pages for a browser: bundled by Vite into the workshop, and served on a port of their own, as another origin.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { build } from 'vite';
import type { Workshop } from './workshop.ts';

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };

export interface PageServer {
  readonly url: string;
  /** The workshop too. */
  close(): Promise<void>;
}

/** One page that runs `script`, a file of the workshop. */
export async function servePage(workshop: Workshop, script: string): Promise<PageServer> {
  await workshop.write(
    'index.html',
    `<!doctype html><title>A page</title><body><div id="root"></div><script type="module" src="./${script}"></script>`,
  );
  const outDir = join(workshop.folder, 'built');
  await build({
    root: workshop.folder,
    configFile: false,
    logLevel: 'error',
    build: { outDir, target: 'es2024', modulePreload: false },
  });
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page');
    const file = pathname === '/' ? '/index.html' : pathname;
    readFile(join(outDir, file)).then(
      (bytes) => response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? '' }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close() {
      server.close();
      server.closeAllConnections();
      return workshop.close();
    },
  };
}
