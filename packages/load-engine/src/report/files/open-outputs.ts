/** The outputs of a run by what its user chose; each place is known to be writable before anything is sent. */
import type { ListenAddress } from '../prometheus/scrape-endpoint.ts';
import { Outputs } from './outputs.ts';
import type { ReportOutput } from './report-output.ts';
import { LiveSummaryFile, SummaryFile } from './summary-file.ts';

/** Where reports go; a run without any has none. */
export interface OutputPlaces {
  readonly json?: string | undefined;
  readonly html?: string | undefined;
  readonly junit?: string | undefined;
  /** Begin of the names of three files. */
  readonly csv?: string | undefined;
  /** The HDR log; the percentile distribution is written beside it. */
  readonly hdr?: string | undefined;
  /** Where Prometheus may scrape. */
  readonly prometheus?: ListenAddress | undefined;
  readonly prometheusRemoteWrite?: URL | undefined;
  /** Of remote write. */
  readonly prometheusHeader?: readonly (readonly [name: string, value: string])[] | undefined;
}

/** Rejects with a LoadEngineError `report-unwritable` that names the place. What nobody asked for is not even loaded. */
export async function openOutputs(places: OutputPlaces): Promise<Outputs> {
  return new Outputs([...(await openFiles(places)), ...(await openStreams(places))]);
}

async function openFiles({ json, html, junit, csv, hdr }: OutputPlaces): Promise<ReportOutput[]> {
  const outputs: ReportOutput[] = [];
  // First, since it takes least: what a killed run leaves then holds as much as the reports after it.
  if (hdr !== undefined) {
    const { HdrFiles } = await import('./hdr-files.ts');
    outputs.push(new HdrFiles(hdr));
  }
  if (json !== undefined) {
    outputs.push(new LiveSummaryFile(json, (report) => `${JSON.stringify(report, null, 2)}\n`));
  }
  if (html !== undefined) {
    const { toHtmlReport } = await import('../html/html-report.ts');
    outputs.push(new LiveSummaryFile(html, toHtmlReport));
  }
  if (junit !== undefined) {
    const { toJunitXml } = await import('./junit-xml.ts');
    outputs.push(new SummaryFile(junit, toJunitXml));
  }
  if (csv !== undefined) {
    const { toCsv, toCsvFailures, toCsvHistory } = await import('./csv.ts');
    outputs.push(
      new SummaryFile(`${csv}_stats.csv`, toCsv),
      new SummaryFile(`${csv}_stats_history.csv`, toCsvHistory),
      new SummaryFile(`${csv}_failures.csv`, toCsvFailures),
    );
  }
  return outputs;
}

async function openStreams(places: OutputPlaces): Promise<ReportOutput[]> {
  const { prometheus, prometheusRemoteWrite: url, prometheusHeader: headers } = places;
  const outputs: ReportOutput[] = [];
  if (url !== undefined) {
    const { RemoteWrite } = await import('../prometheus/remote-write.ts');
    outputs.push(new RemoteWrite({ url, headers }));
  }
  if (prometheus !== undefined) {
    const { ScrapeEndpoint } = await import('../prometheus/scrape-endpoint.ts');
    outputs.push(await ScrapeEndpoint.open(prometheus));
  }
  return outputs;
}
