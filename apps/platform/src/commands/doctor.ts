// `npm run doctor`: looks at this machine, and says in a sentence what to change.
import { execFileSync, spawnSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { findPostgresProgram } from '@trafficflux/embedded-postgres';
import { loadServiceConfigs } from '../config.ts';
import type { Context } from '../context.ts';
import { explainPort, findObstacle } from '../ports.ts';
import { findRunState } from '../run-state.ts';
import { formatTable } from '../terminal/ready-table.ts';

/** `bad` would stop `npm start`, `weak` would not; each of them says what to change. */
export interface Finding {
  readonly subject: string;
  readonly verdict: 'ok' | 'weak' | 'bad';
  readonly sentence: string;
}

const GIB = 1024 ** 3;
const ENOUGH_FILES = 4_096;

export async function doctor(context: Context): Promise<number> {
  const findings = [
    examineNode(process.versions.node),
    examineCores(availableParallelism()),
    examineMemory(totalmem(), freemem()),
    examineDisk(context),
    examineFiles(readFileLimit()),
    ...(await examinePorts(context)),
    examinePostgres(context),
    examineDocker(),
  ];
  context.print(
    `\n${formatTable(findings.map(({ verdict, subject, sentence }) => [verdict, subject, sentence]))}\n`,
  );
  const isBad = findings.some(({ verdict }) => verdict === 'bad');
  context.print(isBad ? 'Something above keeps npm start from working.\n' : 'npm start can work here.\n');
  return isBad ? 1 : 0;
}

export function examineNode(version: string): Finding {
  const isNewEnough = Number.parseInt(version, 10) >= 24;
  return isNewEnough
    ? { subject: 'Node', verdict: 'ok', sentence: `Node ${version} runs TypeScript as it is.` }
    : {
        subject: 'Node',
        verdict: 'bad',
        sentence: `Node ${version} is too old: start with npm, which brings its own.`,
      };
}

export function examineCores(cores: number): Finding {
  const sentence = `${cores} ${cores === 1 ? 'core' : 'cores'}`;
  return cores >= 2
    ? { subject: 'Cores', verdict: 'ok', sentence: `${sentence}.` }
    : {
        subject: 'Cores',
        verdict: 'weak',
        sentence: `${sentence}: a load test and its target will share it; use two.`,
      };
}

export function examineMemory(total: number, free: number): Finding {
  const sentence = `${(total / GIB).toFixed(1)} GiB, ${(free / GIB).toFixed(1)} GiB of it free`;
  return total >= 1.5 * GIB
    ? { subject: 'Memory', verdict: 'ok', sentence: `${sentence}.` }
    : {
        subject: 'Memory',
        verdict: 'weak',
        sentence: `${sentence}: give it 2 GiB, or keep load tests small.`,
      };
}

function examineDisk({ root }: Context): Finding {
  const { bavail, bsize } = statfsSync(root);
  const free = bavail * bsize;
  const sentence = `${(free / GIB).toFixed(1)} GiB free`;
  if (free < 0.3 * GIB)
    return { subject: 'Disk', verdict: 'bad', sentence: `${sentence}: make room for at least 0.3 GiB.` };
  if (free < 2 * GIB)
    return { subject: 'Disk', verdict: 'weak', sentence: `${sentence}: long load tests may fill it.` };
  return { subject: 'Disk', verdict: 'ok', sentence: `${sentence}.` };
}

export function examineFiles(limit: number | undefined): Finding {
  const subject = 'Open files';
  if (limit === undefined) return { subject, verdict: 'ok', sentence: 'This system tells no limit.' };
  if (limit >= ENOUGH_FILES) return { subject, verdict: 'ok', sentence: `${limit} at once.` };
  const remedy = `raise it with ulimit -n ${ENOUGH_FILES} before npm start`;
  return limit < 256
    ? { subject, verdict: 'bad', sentence: `${limit} at once are too few: ${remedy}.` }
    : { subject, verdict: 'weak', sentence: `${limit} at once: for many users ${remedy}.` };
}

function readFileLimit(): number | undefined {
  if (process.platform === 'win32') return undefined;
  const answer = execFileSync('/bin/sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
  return answer === 'unlimited' ? undefined : Number(answer);
}

async function examinePorts(context: Context): Promise<Finding[]> {
  const running = findRunState(context.dataDir);
  const services = loadServiceConfigs(context.services, context.services, context.environment);
  return await Promise.all(
    services.map(async ({ definition, host, port, portVariable }): Promise<Finding> => {
      const subject = `Port ${port}`;
      if (running?.services.some(({ name }) => name === definition.name)) {
        return {
          subject,
          verdict: 'ok',
          sentence: `${definition.name} runs already (process ${running.pid}).`,
        };
      }
      const code = await findObstacle(host, port);
      return code === undefined
        ? { subject, verdict: 'ok', sentence: `Free for ${definition.name}.` }
        : { subject, verdict: 'bad', sentence: explainPort(code, host, port, portVariable) };
    }),
  );
}

function examinePostgres({ services }: Context): Finding {
  const subject = 'PostgreSQL';
  try {
    const answer = execFileSync(findPostgresProgram(), ['--version'], { encoding: 'utf8', stdio: 'pipe' });
    return { subject, verdict: 'ok', sentence: `${answer.trim()} can run here.` };
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n').at(-1) ?? '') : String(error);
    const variables = services.flatMap(({ databases }) => databases.map(({ variable }) => variable));
    const remedy = `name databases of your own with ${variables.join(', ')}`;
    return { subject, verdict: 'bad', sentence: `It cannot run (${reason}): ${remedy}.` };
  }
}

function examineDocker(): Finding {
  const { status, stdout } = spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], {
    encoding: 'utf8',
    timeout: 3_000,
  });
  return status === 0
    ? { subject: 'Docker', verdict: 'ok', sentence: `${stdout.trim()} answers.` }
    : { subject: 'Docker', verdict: 'ok', sentence: 'It does not answer, and only docker compose needs it.' };
}
