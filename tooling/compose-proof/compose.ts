// Runs docker compose on the repository's own file, under a project name and on ports that collide with nothing.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

export interface Project {
  readonly flags: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** Port 0 lets Docker choose; a developer's own .env stays out, so that the file is proven as a fresh clone has it. */
export function startProject(signal: AbortSignal): Project {
  const root = join(import.meta.dirname, '../..');
  const name = `trafficflux-proof-${randomBytes(4).toString('hex')}`;
  return {
    flags: ['--project-name', name, '--file', join(root, 'docker-compose.yml'), '--ansi', 'never'],
    environment: {
      ...process.env,
      COMPOSE_DISABLE_ENV_FILE: '1',
      BOOKS_PORT: '0',
      RUNNER_PORT: '0',
      CAMPAIGNS_PORT: '0',
      HUB_PORT: '0',
      POSTGRES_PORT: '0',
    },
    signal,
  };
}

/** What is missing for Docker to answer, as a sentence, if anything is. */
export async function findDocker(): Promise<string | undefined> {
  const engine = await run('docker', ['version', '--format', '{{.Server.Version}}'], process.env);
  if (engine.code !== 0) return 'Docker does not answer here; start it, or set DOCKER_HOST.';
  const plugin = await run('docker', ['compose', 'version', '--short'], process.env);
  return plugin.code === 0 ? undefined : 'Docker answers, but has no Compose v2.';
}

/** Runs `docker compose …` and returns its standard output; throws with the end of what it wrote if it fails. */
export async function compose(project: Project, ...args: readonly string[]): Promise<string> {
  const result = await run(
    'docker',
    ['compose', ...project.flags, ...args],
    project.environment,
    project.signal,
  );
  if (result.code === 0) return result.stdout;
  throw new Error(
    `docker compose ${args.join(' ')} failed:\n${result.output.split('\n').slice(-40).join('\n')}`,
  );
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  /** Both streams. */
  readonly output: string;
}

/** Never rejects: a program that is missing or was interrupted has a code other than 0. */
export function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<Finished> {
  return new Promise((resolve) => {
    const options = { env, maxBuffer: 64 * 1024 * 1024, ...(signal ? { signal } : {}) };
    execFile(command, args, options, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 1) : 0;
      resolve({ code, stdout, output: `${stdout}${stderr}${error && !stderr ? error.message : ''}` });
    });
  });
}
