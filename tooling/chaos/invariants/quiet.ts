/** At the quiet end: no campaign owned, no idle transaction, no lock held, no child process. */
import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import { HARNESS } from '../actors/postgres.ts';
import { findChildren, type ServiceProcess } from '../actors/service-process.ts';
import { createFindings, type Violation } from './violation.ts';

const LIMIT_MS = 5000;
const LOOK_AGAIN_MS = 50;

/** Waits for a moment of quiet, since workers look around all the time; what never goes away is told. */
export async function checkQuiet(
  pool: pg.Pool,
  campaignIds: readonly string[],
  processes: readonly ServiceProcess[],
): Promise<Violation[]> {
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const leftovers = [...(await findOwned(pool, campaignIds)), ...(await findIdle(pool))];
    if (leftovers.length === 0 || performance.now() > deadline)
      return toViolations([...leftovers, ...processes.flatMap(describeChildren)]);
    await wait(LOOK_AGAIN_MS);
  }
}

async function findOwned(pool: pg.Pool, ids: readonly string[]): Promise<string[]> {
  const { rows } = await pool.query(
    `SELECT id, status, is_generating, owner FROM campaigns
    WHERE id = ANY ($1) AND (is_generating OR (owner IS NOT NULL AND lease_until > clock_timestamp()))`,
    [ids],
  );
  return rows.map(({ id, status, is_generating, owner }) =>
    is_generating
      ? `${id} still generates (${status}, owner ${owner}).`
      : `${id} is ${status}, and ${owner} has a lease of it.`,
  );
}

async function findIdle(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query(
    `SELECT application_name AS name, state, query,
      EXISTS (SELECT FROM pg_locks WHERE pg_locks.pid = activity.pid AND locktype = 'advisory') AS locks
    FROM pg_stat_activity AS activity
    WHERE backend_type = 'client backend' AND application_name <> $1`,
    [HARNESS],
  );
  return rows.flatMap(({ name, state, query, locks }) => {
    const what = `A connection of ${name || 'somebody'} (last: ${String(query).slice(0, 80)})`;
    if (String(state).startsWith('idle in transaction')) return [`${what} is idle in a transaction.`];
    return locks && state === 'idle' ? [`${what} is idle and holds an advisory lock.`] : [];
  });
}

function describeChildren({ name, pid }: ServiceProcess): string[] {
  return findChildren(pid).map((child) => `${name} has the child process ${child}.`);
}

function toViolations(sentences: readonly string[]): Violation[] {
  const findings = createFindings('quiet', null);
  for (const sentence of sentences) findings.add(sentence);
  return findings.violations;
}
