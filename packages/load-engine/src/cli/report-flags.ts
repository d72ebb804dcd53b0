/** Flags that say where the figures of a run go. */
import type { Command } from 'commander';
import type { OutputPlaces } from '../report/files/open-outputs.ts';

export function addReportFlags(command: Command): Command {
  return command
    .option('--json <file>', 'write a report as JSON, also while the run goes')
    .option('--html <file>', 'write a report to look at: one HTML file that opens offline')
    .option('--junit <file>', 'write a report as JUnit XML, for the test pages of Jenkins, GitLab and GitHub')
    .option('--csv <prefix>', 'write PREFIX_stats.csv, PREFIX_stats_history.csv and PREFIX_failures.csv')
    .option('--hdr <file>', 'write response times over time as an HDR log, and their distribution as .hgrm');
}

export type ReportFlags = OutputPlaces;
