/** A fast local server for the engine's benchmark: nginx with one worker on one core, answering 60 bytes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../free-port.ts';

export interface FastServer {
  readonly url: string;
  /** Its process group. */
  readonly group: number;
  /** Requests that nginx has counted since it started, without those that asked for the count. */
  countRequests(): Promise<number>;
  stop(): Promise<void>;
}

const body = 'sixty bytes, which is what the other load testers are given.';

export async function startNginx(core: number): Promise<FastServer> {
  const port = await findFreePort();
  const folder = mkdtempSync(join(tmpdir(), 'bench-nginx-'));
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, renderConfig(folder, port));
  const nginx = spawn('taskset', ['-c', String(core), 'nginx', '-p', folder, '-c', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own: its CPU time is counted by it, and Ctrl-C reaches the benchmark first.
    detached: true,
  });
  const base = `http://127.0.0.1:${port}`;
  await waitUntilUp(nginx, `${base}/status`);
  let asked = 1;
  return {
    url: `${base}/`,
    group: nginx.pid ?? 0,
    async countRequests() {
      const text = await (await fetch(`${base}/status`)).text();
      asked += 1;
      const counted = text.match(/\n\s*\d+ \d+ (\d+)/)?.[1];
      if (counted === undefined) throw new Error(`nginx answered its status page with ${text}`);
      return Number(counted) - asked;
    },
    async stop() {
      if (nginx.exitCode === null) {
        nginx.kill('SIGTERM');
        await once(nginx, 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function renderConfig(folder: string, port: number): string {
  return `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr crit;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  keepalive_requests 1000000000;
  keepalive_timeout 300s;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = / { default_type text/plain; return 200 "${body}"; }
    location = /status { stub_status; }
  }
}
`;
}

async function waitUntilUp(nginx: ChildProcess, url: string): Promise<void> {
  let complaint = '';
  nginx.stderr?.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const failed = once(nginx, 'exit').then(() => {
    throw new Error(`nginx did not start: ${complaint}`);
  });
  failed.catch(() => undefined);
  const deadline = performance.now() + 5000;
  while (performance.now() < deadline) {
    const up = fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (await Promise.race([up, failed])) return;
  }
  throw new Error('nginx did not answer within 5 s');
}
