/** What the API itself has counted, read from its Prometheus metrics, beside what a run has sent. */
import type { RunSummary } from '@trafficflux/load-engine';

/** Requests by method and route, such as `GET /books`. */
export type ServerCounts = ReadonlyMap<string, number>;

const COUNTER = /^http_request_duration_seconds_count\{([^}]*)\} ([\d.e+]+)/gm;
const READ_LIMIT_MS = 5000;
const ATTEMPTS = 5;
const BETWEEN_ATTEMPTS_MS = 100;

/** Null when the API has no such metrics, or does not answer. */
export async function readServerCounts(baseUrl: string): Promise<ServerCounts | null> {
  try {
    const response = await fetch(`${baseUrl}/metrics`, { signal: AbortSignal.timeout(READ_LIMIT_MS) });
    const text = await response.text();
    return response.ok && text.includes('http_request_duration_seconds') ? parseCounts(text) : null;
  } catch {
    return null;
  }
}

/** The lines that compare both sides, route by route and in all. */
export async function compareWithServer(
  summary: RunSummary,
  baseUrl: string,
  before: ServerCounts | null,
): Promise<string[]> {
  const sent = countByRoute(summary);
  const counted = before && (await readUntilEqual(baseUrl, before, sent));
  if (!counted) return ['The API shows no /metrics, so its own count cannot be compared with ours.'];
  const routes = [...sent].map(([route, count]) => `  ${describe(route, count, counted.get(route) ?? 0)}`);
  return [describe('All routes', sumOf(sent), sumOf(counted)), ...routes];
}

/** An answer reaches us a moment before the API counts it: look again before calling it a difference. */
async function readUntilEqual(
  baseUrl: string,
  before: ServerCounts,
  sent: ServerCounts,
): Promise<ServerCounts | null> {
  let counted: ServerCounts | null = null;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const after = await readServerCounts(baseUrl);
    if (!after) return null;
    counted = new Map(
      [...sent.keys()].map((route) => [route, (after.get(route) ?? 0) - (before.get(route) ?? 0)]),
    );
    if ([...sent].every(([route, count]) => counted?.get(route) === count)) return counted;
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_ATTEMPTS_MS));
  }
  return counted;
}

function parseCounts(text: string): ServerCounts {
  const counts = new Map<string, number>();
  for (const [, labels = '', value] of text.matchAll(COUNTER)) {
    const method = /method="([^"]*)"/.exec(labels)?.[1];
    const route = /route="([^"]*)"/.exec(labels)?.[1];
    const key = `${method} ${route}`;
    counts.set(key, (counts.get(key) ?? 0) + Number(value));
  }
  return counts;
}

/** Steps are named by method and path; their queries do not make a route. */
function countByRoute(summary: RunSummary): Map<string, number> {
  const counts = new Map<string, number>();
  for (const step of summary.steps) {
    const [route = step.name] = step.name.split('?');
    counts.set(route, (counts.get(route) ?? 0) + step.requests);
  }
  return counts;
}

function describe(route: string, sent: number, counted: number): string {
  const difference = counted - sent;
  const verdict =
    difference === 0
      ? 'equal'
      : difference < 0
        ? `${format(-difference)} never reached the API, or not yet`
        : `${format(difference)} more than ours: somebody else uses the API, or requests were repeated`;
  return `${route}: sent ${format(sent)}, server counted ${format(counted)}: ${verdict}`;
}

function sumOf(counts: ServerCounts): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

function format(count: number): string {
  return count.toLocaleString('en-US');
}
