// MongoDB and Redis are for the services alone: they publish no port, and refuse who brings no password.
import assert from 'node:assert/strict';
import { compose, type Project, run } from './compose.ts';

const stores = [
  { name: 'mongodb', port: 27017 },
  { name: 'redis', port: 6379 },
] as const;

/**
 * Whether the machine's image of MongoDB holds MongoDB. What stands in for it on a machine that can pull none may know
 * no passwords: then the proof goes without.
 */
export async function hasMongod(project: Project): Promise<boolean> {
  const images = await compose(project, 'config', '--images');
  const image = images.split('\n').find((each) => each.startsWith('mongo:')) ?? 'mongo';
  const flags = ['run', '--rm', '--network', 'none', '--entrypoint', 'mongod', image, '--version'];
  return /db version/.test((await run('docker', flags, project.environment)).output);
}

/** With the password the bus works: what the sessions said has passed through Redis. */
export async function assertEventsPassed(project: Project): Promise<void> {
  const ask = 'REDISCLI_AUTH="$(cat /secrets/redis/password)" redis-cli info commandstats';
  assert.match(await inside(project, 'redis', 'sh', '-c', ask), /cmdstat_publish:calls=[1-9]/);
}

export async function assertStoresAreClosed(project: Project, isMongod: boolean): Promise<void> {
  for (const { name, port } of stores) {
    const published = await run(
      'docker',
      ['compose', ...project.flags, 'port', name, String(port)],
      project.environment,
    );
    assert.doesNotMatch(published.stdout, /:[1-9]/, `${name} publishes its port: ${published.stdout}`);
  }
  assert.match(await inside(project, 'redis', 'redis-cli', 'ping'), /NOAUTH/);

  if (!isMongod) return;
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
