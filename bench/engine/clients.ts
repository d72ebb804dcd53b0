/** The load testers that the benchmark sets side by side: how each is called, and how its own count is read. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isOnPath } from '../command.ts';

export interface Load {
  readonly url: string;
  readonly seconds: number;
  readonly connections: number;
}

export interface Count {
  readonly requests: number;
  readonly failures: number;
  readonly seconds: number;
}

export interface LoadClient {
  readonly name: string;
  /** What to install where it is missing; null when it is here. */
  readonly missing: string | null;
  command(load: Load, folder: string): string[];
  read(stdout: string, folder: string): Count;
}

export const loadspiker = fileURLToPath(
  new URL('../bin/loadspiker.js', import.meta.resolve('@trafficflux/load-engine')),
);
const autocannon = fileURLToPath(import.meta.resolve('autocannon'));
const undiciDriver = fileURLToPath(new URL('undici-driver.ts', import.meta.url));
const onPath = (program: string, remedy: string) => (isOnPath(program) ? null : remedy);
const readJson = (folder: string) => JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8'));

export const clients: readonly LoadClient[] = [
  {
    name: 'loadspiker',
    missing: null,
    command: ({ url, seconds, connections }, folder) => [
      process.execPath,
      loadspiker,
      ...[url, '-u', `${connections}`, '-t', `${seconds}s`, '--threads', '1', '--quiet'],
      ...['--json', join(folder, 'out.json')],
    ],
    read: (_stdout, folder) => {
      const report = readJson(folder);
      const { total_requests: requests, failed_requests: failures } = report.final_metrics;
      return { requests, failures, seconds: report.test_info.duration_seconds };
    },
  },
  {
    name: 'wrk',
    missing: onPath('wrk', "Debian's package wrk"),
    command: ({ url, seconds, connections }) => ['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, url],
    read: (stdout) => ({
      requests: Number(stdout.match(/(\d+) requests in/)?.[1]),
      failures: Number(stdout.match(/Non-2xx or 3xx responses: (\d+)/)?.[1] ?? 0),
      seconds:
        Number(stdout.match(/(\d+) requests in/)?.[1]) /
        Number(stdout.match(/Requests\/sec:\s+([\d.]+)/)?.[1]),
    }),
  },
  {
    name: 'autocannon',
    missing: null,
    command: ({ url, seconds, connections }) => [
      process.execPath,
      autocannon,
      ...['-c', `${connections}`, '-d', `${seconds}`, '--json', '--no-progress', url],
    ],
    read: (stdout) => {
      const result = JSON.parse(stdout);
      return { requests: result['2xx'], failures: result.non2xx + result.errors, seconds: result.duration };
    },
  },
  ...(['dispatch', 'request'] as const).map(
    (mode): LoadClient => ({
      name: `undici.${mode}`,
      missing: null,
      command: ({ url, seconds, connections }) => [
        process.execPath,
        undiciDriver,
        ...[url, `${seconds}`, `${connections}`, mode],
      ],
      read: (stdout) => JSON.parse(stdout),
    }),
  ),
  {
    name: 'k6',
    missing: onPath('k6', 'go install go.k6.io/k6@v1.8.1'),
    command: ({ url, seconds, connections }, folder) => {
      const script = join(folder, 'script.js');
      writeFileSync(
        script,
        `import http from 'k6/http';\nexport const options = { discardResponseBodies: true };\nexport default () => { http.get('${url}'); };\n`,
      );
      const flags = ['--quiet', '--no-usage-report', '--summary-export', join(folder, 'out.json')];
      return ['k6', 'run', ...flags, '-u', `${connections}`, '-d', `${seconds}s`, script];
    },
    read: (_stdout, folder) => {
      const { http_reqs, http_req_failed } = readJson(folder).metrics;
      return {
        requests: http_reqs.count,
        failures: http_req_failed.passes,
        seconds: http_reqs.count / http_reqs.rate,
      };
    },
  },
  {
    name: 'vegeta',
    missing: onPath('vegeta', 'go install github.com/tsenart/vegeta/v12@latest'),
    command: ({ url, seconds, connections }) => {
      const attack = `vegeta attack -rate 0 -max-workers ${connections} -connections ${connections} -duration ${seconds}s`;
      return ['sh', '-c', `echo "GET ${url}" | ${attack} | vegeta report -type json`];
    },
    read: (stdout) => {
      const report = JSON.parse(stdout);
      const failures = report.requests - (report.status_codes['200'] ?? 0);
      return { requests: report.requests, failures, seconds: report.duration / 1e9 };
    },
  },
  {
    name: 'oha',
    missing: onPath('oha', 'cargo install oha'),
    command: ({ url, seconds, connections }) => [
      ...['oha', '--no-tui', '--output-format', 'json', '-c', `${connections}`, '-z', `${seconds}s`, url],
    ],
    read: (stdout) => {
      const { summary, statusCodeDistribution } = JSON.parse(stdout);
      const requests = summary.requestsPerSec * summary.total;
      return { requests, failures: requests - (statusCodeDistribution['200'] ?? 0), seconds: summary.total };
    },
  },
];
