// Looks at a running container from outside and from inside: what the file promises must hold there.
import assert from 'node:assert/strict';
import { compose, type Project, run } from './compose.ts';

interface Inspected {
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly Privileged: boolean;
    readonly CapDrop: readonly string[] | null;
    readonly CapAdd: readonly string[] | null;
    readonly SecurityOpt: readonly string[] | null;
    readonly Memory: number;
    readonly PidsLimit: number;
  };
  readonly Config: { readonly Env: readonly string[] };
}

/** A read-only root, no capability, no root user, limits, and no secret among the variables that `inspect` shows. */
export async function assertConfined(project: Project, service: string): Promise<void> {
  const [id = ''] = (await compose(project, 'ps', '--quiet', service)).trim().split('\n');
  const inspected = await run('docker', ['inspect', id], project.environment);
  const [container] = JSON.parse(inspected.stdout) as [Inspected];
  const { HostConfig: host, Config: config } = container;

  assert.equal(host.ReadonlyRootfs, true, `${service}: the root file system is writable`);
  assert.equal(host.Privileged, false, `${service}: runs privileged`);
  assert.deepEqual(host.CapDrop, ['ALL'], `${service}: keeps capabilities`);
  assert.deepEqual(host.CapAdd ?? [], [], `${service}: adds capabilities`);
  assert.ok(host.SecurityOpt?.includes('no-new-privileges:true'), `${service}: may gain privileges`);
  assert.ok(host.Memory > 0 && host.PidsLimit > 0, `${service}: has no limit of memory or processes`);
  const secrets = config.Env.filter((entry) =>
    /^\w*(?:SECRET|PASSWORD|DATABASE_URL|MONGO_URL|REDIS_URL)\w*=/.test(entry),
  );
  assert.ok(
    secrets.every((entry) => /_FILE=/.test(entry)),
    `${service}: a secret stands in its environment, where docker inspect shows it`,
  );

  const user = (await compose(project, 'exec', '-T', service, 'id', '-u')).trim();
  assert.notEqual(user, '0', `${service}: runs as root`);
  // Even root could not: the user alone would be refused for want of permission, which proves less.
  const write = ['compose', ...project.flags, 'exec', '-T', '--user', '0', service, 'touch', '/app/written'];
  assert.match((await run('docker', write, project.environment)).output, /Read-only file system/);
}
