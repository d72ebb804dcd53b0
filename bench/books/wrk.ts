/** Loads one URL with wrk, and tells the rate and the 99th percentile. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runPinned } from '../command.ts';

export interface WrkLoad {
  readonly url: string;
  readonly seconds: number;
  readonly connections: number;
  readonly core: number | string;
  /** A script in wrk's Lua, for what is not a plain GET. */
  readonly script?: string;
}

export interface WrkResult {
  readonly requestsPerSecond: number;
  readonly p99Ms: number;
  readonly requests: number;
}

/** Throws when an answer was not 2xx or a socket failed: a rate of errors is no rate. */
export async function runWrk(load: WrkLoad, folder: string): Promise<WrkResult> {
  const file = join(folder, 'script.lua');
  if (load.script !== undefined) writeFileSync(file, load.script);
  const script = load.script === undefined ? [] : ['-s', file];
  const flags = [
    '-t1',
    `-c${load.connections}`,
    `-d${load.seconds}s`,
    '--timeout',
    '30s',
    '--latency',
    ...script,
  ];
  const { stdout } = await runPinned(load.core, ['wrk', ...flags, load.url], {
    timeoutMs: load.seconds * 1000 + 60_000,
  });
  const trouble = stdout.match(/Non-2xx or 3xx responses: \d+|Socket errors: .*/)?.[0];
  if (trouble !== undefined) throw new Error(`${load.url}: ${trouble}`);
  return {
    requests: Number(stdout.match(/(\d+) requests in/)?.[1]),
    requestsPerSecond: Number(stdout.match(/Requests\/sec:\s+([\d.]+)/)?.[1]),
    p99Ms: readMs(stdout.match(/99%\s+([\d.]+)(us|ms|s)/)),
  };
}

function readMs(match: RegExpMatchArray | null): number {
  const scale = { us: 0.001, ms: 1, s: 1000 }[match?.[2] ?? ''];
  if (match === null || scale === undefined) return Number.NaN;
  return Number(match[1]) * scale;
}

/** GETs any of the 100 books: 64 readers of one and the same book would share one query. */
export function readBooksScript(): string {
  return `
local requests = {}
function init()
  for id = 1, 100 do requests[id] = wrk.format("GET", "/books/" .. id) end
end
function request()
  return requests[math.random(100)]
end
`;
}

/** POSTs a book with an id of its own each time, from `firstId` up. */
export function createBookScript(token: string, firstId: number): string {
  return `
local id = ${firstId}
local headers = { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer ${token}" }
function request()
  id = id + 1
  local body = '{"id":' .. id .. ',"title":"Bench Book","author_id":1,"isbn":"9780132350884","published_year":2020,"genres":["Bench"]}'
  return wrk.format("POST", "/books", headers, body)
end
`;
}

export function createLoginScript(username: string, password: string): string {
  return `
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '${JSON.stringify({ username, password })}'
`;
}
