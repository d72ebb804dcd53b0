// `npm run compose:proof`: brings the real docker-compose.yml up as a fresh clone would, beside whatever
// else runs here, uses every service, looks at how it is confined, and takes everything down again, volumes too.
// Exit codes: 0 proven, 1 refuted (with the end of the logs), 3 no Docker answers here, so nothing was tried.
import { assertWorkersTakeOver } from './campaigns-api.ts';
import { compose, findDocker, type Project, run, startProject } from './compose.ts';
import { assertConfined } from './confinement.ts';
import { assertNothingLeaks } from './leaks.ts';
import { assertSurvivesOutage } from './outage.ts';
import { type ServiceProof, services } from './services.ts';
import { assertEventsPassed, assertStoresAreClosed, hasMongod } from './stores.ts';

const readyWithinMs = 120_000;

const missing = await findDocker();
if (missing) {
  console.log(`compose-proof: not tried. ${missing}`);
  process.exitCode = 3;
} else {
  process.exitCode = (await prove()) ? 0 : 1;
}

async function prove(): Promise<boolean> {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
  const given = startProject(interrupt.signal);
  const isMongod = await hasMongod(given);
  const project = isMongod ? given : withoutMongoPassword(given);
  try {
    await step('build the images and start', () => compose(project, 'up', '--build', '--detach'));
    await step('every service is healthy', () => waitForHealth(project));
    for (const service of services) await proveService(project, service);
    await proveWorkers(project);
    await step('events have passed through Redis', () => assertEventsPassed(project));
    await step('MongoDB and Redis are closed to others', () => assertStoresAreClosed(project, isMongod));
    await step('a second start keeps the secrets', () => assertSecretsStay(project));
    return true;
  } catch (error) {
    console.error(`compose-proof: ${error instanceof Error ? error.message : error}`);
    const logs = await run(
      'docker',
      ['compose', ...project.flags, 'logs', '--tail', '40'],
      project.environment,
    );
    console.error(logs.output);
    return false;
  } finally {
    // Without the signal: an interrupted proof cleans up as well.
    const down = ['compose', ...project.flags, 'down', '--volumes', '--timeout', '10'];
    await step('take everything down', () => run('docker', down, project.environment));
  }
}

function withoutMongoPassword(project: Project): Project {
  console.log("compose-proof: this machine's image of MongoDB holds no mongod: its password is not proven.");
  return { ...project, environment: { MONGO_URL: 'mongodb://mongodb:27017', ...project.environment } };
}

async function proveService(project: Project, service: ServiceProof): Promise<void> {
  const { name, store } = service;
  const url = await publishedUrl(project, name, service.port);
  const urlOf = (other: string) => publishedUrl(project, other, findPort(other));
  const { secrets, stored } = await step(`${name}: ${service.promise}`, () => service.smoke(url, urlOf));
  await step(`${name}: survives the absence of ${store}`, () =>
    assertSurvivesOutage(project, service, `${url}${stored.path}`, stored.headers),
  );
  await step(`${name}: is confined`, () => assertConfined(project, name));
  await step(`${name}: logs no secret`, () => assertNothingLeaks(project, name, secrets));
}

function findPort(name: string): number {
  const found = services.find((service) => service.name === name);
  if (found === undefined) throw new Error(`there is no service ${name}`);
  return found.port;
}

async function proveWorkers(project: Project): Promise<void> {
  const url = await publishedUrl(project, 'campaigns-api', 8001);
  await step('load-worker: one that is killed loses nothing', () => assertWorkersTakeOver(project, url));
  await step('load-worker: is confined', () => assertConfined(project, 'load-worker'));
  await step('load-worker: logs no secret', () => assertNothingLeaks(project, 'load-worker', []));
}

async function step<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const startedAt = performance.now();
  const result = await work();
  console.log(`compose-proof: ${name} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
  return result;
}

async function waitForHealth(project: Project): Promise<void> {
  const deadline = performance.now() + readyWithinMs;
  for (;;) {
    const waiting = await findUnhealthy(project);
    if (waiting.length === 0) return;
    if (performance.now() > deadline) {
      throw new Error(`not healthy after ${readyWithinMs / 1000} s: ${waiting.join(', ')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function findUnhealthy(project: Project): Promise<string[]> {
  const lines = (await compose(project, 'ps', '--all', '--format', 'json')).split('\n').filter(Boolean);
  const states = lines.map((line) => JSON.parse(line) as ContainerState);
  const failed = states.find((state) => state.State === 'exited' && state.ExitCode !== 0);
  if (failed) throw new Error(`${failed.Service} ended with exit code ${failed.ExitCode}`);
  return states
    .filter((state) => state.State !== 'exited' && state.Health !== 'healthy')
    .map((state) => `${state.Service} (${state.Health || state.State})`);
}

interface ContainerState {
  readonly Service: string;
  readonly State: string;
  readonly Health: string;
  readonly ExitCode: number;
}

async function publishedUrl(project: Project, service: string, port: number): Promise<string> {
  const address = (await compose(project, 'port', service, String(port))).trim();
  if (!address.startsWith('127.0.0.1:'))
    throw new Error(`${service} is published on ${address}, not on loopback`);
  return `http://${address}`;
}

async function assertSecretsStay(project: Project): Promise<void> {
  const before = await readSecrets(project);
  await compose(project, 'up', '--detach', '--force-recreate');
  await waitForHealth(project);
  if ((await readSecrets(project)) !== before) throw new Error('a second start changed a secret');
}

async function readSecrets(project: Project): Promise<string> {
  const read = ({ name }: ServiceProof) =>
    compose(project, 'exec', '-T', name, 'sh', '-c', `cat /secrets/${name}/*`);
  return (await Promise.all(services.map(read))).join('\n');
}
