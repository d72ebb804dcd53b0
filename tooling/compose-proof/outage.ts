// The database goes away and comes back: the service says so meanwhile, and needs no restart.
import assert from 'node:assert/strict';
import { compose, type Project } from './compose.ts';

const backWithinMs = 15_000;

/** `url` is something that the service answers from its database. */
export async function assertSurvivesOutage(project: Project, service: string, url: string): Promise<void> {
  const before = await readStart(project, service);
  await compose(project, 'stop', 'postgres');
  const refused = await fetch(url);
  assert.equal(refused.status, 503, `without its database ${service} answered ${refused.status}`);
  assert.ok(refused.headers.has('retry-after'), `${service} does not say when to try again`);
  await refused.text();

  await compose(project, 'start', 'postgres');
  const deadline = performance.now() + backWithinMs;
  for (let status = 0; status !== 200; ) {
    assert.ok(performance.now() < deadline, `${service} still answers ${status} with its database back`);
    const response = await fetch(url);
    await response.text();
    status = response.status;
  }
  assert.equal(await readStart(project, service), before, `${service} was restarted by the outage`);
}

/** When the service's process 1 started, in clock ticks: another number is another process. */
async function readStart(project: Project, service: string): Promise<string | undefined> {
  const stat = await compose(project, 'exec', '-T', service, 'cat', '/proc/1/stat');
  return stat.split(' ')[21];
}
