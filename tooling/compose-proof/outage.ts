// The store goes away and comes back: the service says so meanwhile, and needs no restart.
import assert from 'node:assert/strict';
import { compose, type Project } from './compose.ts';
import type { ServiceProof } from './services.ts';

const backWithinMs = 15_000;

/** `url` is something that the service answers from its store. */
export async function assertSurvivesOutage(
  project: Project,
  { name, store }: Pick<ServiceProof, 'name' | 'store'>,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const before = await readStart(project, name);
  await compose(project, 'stop', store);
  const refused = await fetch(url, { headers });
  const said = await refused.text();
  assert.equal(refused.status, 503, `without ${store} ${name} answered ${refused.status}: ${said}`);
  assert.ok(refused.headers.has('retry-after'), `${name} does not say when to try again`);

  await compose(project, 'start', store);
  const deadline = performance.now() + backWithinMs;
  for (let status = 0; status !== 200; ) {
    assert.ok(performance.now() < deadline, `${name} still answers ${status} with ${store} back`);
    const response = await fetch(url, { headers });
    await response.text();
    status = response.status;
  }
  assert.equal(await readStart(project, name), before, `${name} was restarted by the outage`);
}

/** When the service's process 1 started, in clock ticks: another number is another process. */
async function readStart(project: Project, service: string): Promise<string | undefined> {
  const stat = await compose(project, 'exec', '-T', service, 'cat', '/proc/1/stat');
  return stat.split(' ')[21];
}
