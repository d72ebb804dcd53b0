/** Flags that say where the figures of a run go. */
import { type Command, InvalidArgumentError } from 'commander';
import type { OutputPlaces } from '../report/files/open-outputs.ts';
import type { ListenAddress } from '../report/prometheus/scrape-endpoint.ts';
import { readHeader } from './values.ts';

export function addReportFlags(command: Command): Command {
  return command
    .optionsGroup('Reports:')
    .option('--json <file>', 'write a report as JSON, also while the run goes')
    .option('--html <file>', 'write a report to look at: one HTML file that opens offline')
    .option('--junit <file>', 'write a report as JUnit XML, for the test pages of Jenkins, GitLab and GitHub')
    .option('--csv <prefix>', 'write PREFIX_stats.csv, PREFIX_stats_history.csv and PREFIX_failures.csv')
    .option('--hdr <file>', 'write response times over time as an HDR log, and their distribution as .hgrm')
    .option(
      '--prometheus <[host:]port>',
      'let Prometheus scrape figures at /metrics while the run goes (host: 127.0.0.1)',
      readListenAddress,
    )
    .option('--prometheus-remote-write <url>', 'send figures to Prometheus every five seconds', readRemoteUrl)
    .option(
      '--prometheus-header <header>',
      'a header of remote write, such as its authorization; may be repeated',
      readSecretHeader,
    )
    .optionsGroup('Options:');
}

export type ReportFlags = OutputPlaces;

/** `9464`, `0.0.0.0:9464`, `[::1]:9464`. */
function readListenAddress(text: string): ListenAddress {
  const match = /^(?:(\[[0-9a-f:.]+\]|[^:[\]/\s]+):)?(\d{1,5})$/i.exec(text.trim());
  const port = Number(match?.[2]);
  if (match && port <= 65_535) return { host: (match[1] ?? '127.0.0.1').replace(/^\[|\]$/g, ''), port };
  throw new InvalidArgumentError('Expected a port, such as 9464 or 0.0.0.0:9464.');
}

/** Its errors, and those of its headers, never show the value: there may be a password in it. */
function readRemoteUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new TypeError(
    'expected --prometheus-remote-write to be an http or https URL, such as http://localhost:9090/api/v1/write',
  );
}

function readSecretHeader(text: string, earlier?: readonly (readonly [string, string])[]) {
  try {
    return readHeader(text, earlier);
  } catch {
    throw new TypeError(`expected --prometheus-header to be a header such as 'Authorization: Bearer token'`);
  }
}
