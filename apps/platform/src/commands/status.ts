// `npm run status`: what runs, how it is, and since when.
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Context } from '../context.ts';
import { findRunState, type RunningService } from '../run-state.ts';
import { formatReadyTable, formatTable } from '../terminal/ready-table.ts';

/** What `npm run status -- --json` prints. */
export interface Status {
  readonly running: boolean;
  readonly pid: number | null;
  readonly services: readonly ServiceStatus[];
}

export interface ServiceStatus {
  readonly name: string;
  /** `down`: it does not answer; `not-ready`: it lives, but cannot serve, for example without its database. */
  readonly state: 'up' | 'not-ready' | 'down';
  readonly url: string;
  readonly docs: string | null;
  readonly pid: number;
  readonly uptimeSeconds: number;
}

const ANSWER_LIMIT_MS = 2_000;

/** Prints the state of all services; 0 if all are up, else 1. */
export async function status(context: Context, options: { json: boolean }): Promise<number> {
  const found = await readStatus(context.dataDir);
  context.print(options.json ? `${JSON.stringify(found, null, 2)}\n` : formatStatus(context, found));
  return isAllUp(found) ? 0 : 1;
}

export async function readStatus(dataDir: string): Promise<Status> {
  const state = findRunState(dataDir);
  if (state === undefined) return { running: false, pid: null, services: [] };
  return { running: true, pid: state.pid, services: await Promise.all(state.services.map(askService)) };
}

function isAllUp({ services }: Status): boolean {
  return services.length > 0 && services.every(({ state }) => state === 'up');
}

function formatStatus(context: Context, { running, pid, services }: Status): string {
  if (!running) return 'Nothing runs. Start it with: npm start\n';
  if (services.length === 0) return `TrafficFlux is being started (process ${pid}).\n`;
  const rows = services.map(({ name, state, pid, uptimeSeconds }) => [
    name,
    state.replace('-', ' '),
    String(pid),
    formatDuration(uptimeSeconds),
  ]);
  const urlOf = (name: string) => services.find((service) => service.name === name)?.url;
  const ready = services.map(({ name, url, docs }) => {
    const definition = context.services.find((service) => service.name === name);
    return { name, url, ...(docs === null ? {} : { docs }), tryNext: definition?.tryNext(url, urlOf) ?? [] };
  });
  return `${formatReadyTable(ready)}${formatTable([['SERVICE', 'STATE', 'PROCESS', 'UP FOR'], ...rows])}\n`;
}

async function askService({ name, url, docs, pid, startedAt }: RunningService): Promise<ServiceStatus> {
  const [isLive, isReady] = await Promise.all([
    isAnswered(`${url}/health/live`),
    isAnswered(`${url}/health/ready`),
  ]);
  const uptimeSeconds = Math.round((Date.now() - startedAt) / 1000);
  const state = isReady ? 'up' : isLive ? 'not-ready' : 'down';
  return { name, state, url, docs: docs ?? null, pid, uptimeSeconds };
}

function isAnswered(url: string): Promise<boolean> {
  // Our own service on this machine: its certificate may be made for another name.
  const [send, options] = url.startsWith('https:')
    ? [requestHttps, { rejectUnauthorized: false }]
    : [requestHttp, {}];
  return new Promise((resolve) => {
    const request = send(url, { ...options, agent: false, timeout: ANSWER_LIMIT_MS }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
    request.once('close', () => resolve(false));
    request.end();
  });
}

export function formatDuration(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}
