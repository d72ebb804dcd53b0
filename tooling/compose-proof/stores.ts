// MongoDB and Redis are for the services alone: they publish no port, and refuse who brings no password.
import assert from 'node:assert/strict';
import { type Project, run } from './compose.ts';

const stores = [
  { name: 'mongodb', port: 27017 },
  { name: 'redis', port: 6379 },
] as const;

/** With the password the bus works: what the sessions said has passed through Redis. */
export async function assertEventsPassed(project: Project): Promise<void> {
  const ask = 'REDISCLI_AUTH="$(cat /secrets/redis/password)" redis-cli info commandstats';
  assert.match(await inside(project, 'redis', 'sh', '-c', ask), /cmdstat_publish:calls=[1-9]/);
}

/** Returns what could not be looked at, as a sentence, if anything. */
export async function assertStoresAreClosed(project: Project): Promise<string | undefined> {
  for (const { name, port } of stores) {
    const published = await run(
      'docker',
      ['compose', ...project.flags, 'port', name, String(port)],
      project.environment,
    );
    assert.doesNotMatch(published.stdout, /:[1-9]/, `${name} publishes its port: ${published.stdout}`);
  }
  assert.match(await inside(project, 'redis', 'redis-cli', 'ping'), /NOAUTH/);

  const version = await inside(project, 'mongodb', 'mongod', '--version');
  if (!/db version/.test(version)) return 'what stands in for the image mongo holds no mongod.';
  const read = 'db.getSiblingDB("trafficflux_db").users.findOne()';
  assert.match(
    await inside(project, 'mongodb', 'mongosh', '--quiet', '--eval', read),
    /requires authentication/,
  );
  return undefined;
}

/** What a command in a container says, whether it succeeds or not. */
async function inside(project: Project, service: string, ...command: readonly string[]): Promise<string> {
  const flags = ['compose', ...project.flags, 'exec', '-T', service, ...command];
  return (await run('docker', flags, project.environment)).output;
}
