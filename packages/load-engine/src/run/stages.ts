/** The scenarios' code that runs once per run, around the load: setup, teardown and report of each part. */
import { LoadEngineError, toMessage } from '../errors.ts';
import { ConnectionPool } from '../http/index.ts';
import type { Recorder } from '../record/recorder.ts';
import type { RunSummary } from '../report/summary.ts';
import type { Scenario } from '../scenario/define.ts';
import { HttpDebug, showText } from './http-debug.ts';
import type { PreparedLoad, PreparedPart } from './load-options.ts';
import { Stage } from './stage.ts';

interface Staged {
  readonly scenario: Scenario;
  readonly stage: Stage;
}

export class Stages {
  readonly #recorder: Recorder;
  readonly #connections: ConnectionPool | null;
  /** By part; null for a plain request. */
  readonly #stages: readonly (Staged | null)[];
  #abandon: () => void = () => {};
  readonly #abandoned = new Promise<undefined>((resolve) => {
    this.#abandon = () => resolve(undefined);
  });

  constructor({ parts, seed, settings }: PreparedLoad, recorder: Recorder) {
    this.#recorder = recorder;
    const { maxConnections, httpDebug } = settings;
    const connections = maxConnections === null ? null : new ConnectionPool(maxConnections);
    this.#connections = connections;
    const debug = httpDebug === null ? null : new HttpDebug(httpDebug, showText);
    const toStage = ({ source, scenario, tags }: PreparedPart) =>
      source.kind === 'plain' || scenario === null
        ? null
        : {
            scenario,
            stage: new Stage(source, { recorder, tags, seed, settings, connections, debug, scenario }),
          };
    this.#stages = parts.map(toStage);
  }

  /** What each part's setup returned. Rejects with a LoadEngineError `setup-failed`. */
  async setUp(): Promise<unknown[]> {
    const shared: unknown[] = [];
    for (const staged of this.#stages) {
      const { scenario, stage } = staged ?? {};
      try {
        shared.push(stage && (await this.#unlessAbandoned(scenario?.setup?.(stage))));
      } catch (cause) {
        const message = `The setup of ${scenario?.name} failed: ${toMessage(cause)}`;
        throw new LoadEngineError('setup-failed', message, { cause });
      }
    }
    return shared;
  }

  /** Closes the connections that nobody uses: those of the load come beside them. */
  rest(): void {
    for (const staged of this.#stages) staged?.stage.rest();
    this.#connections?.close();
  }

  async tearDown(): Promise<void> {
    for (const staged of this.#stages) {
      try {
        if (staged) await this.#unlessAbandoned(staged.scenario.teardown?.(staged.stage));
      } catch (thrown) {
        this.#recorder.recordException('teardown', toMessage(thrown));
      }
    }
  }

  /** What was measured must not be lost with a report that fails. */
  async addReports(summary: RunSummary): Promise<RunSummary> {
    const report: string[] = [];
    const warnings = [...summary.warnings];
    for (const staged of this.#stages) {
      if (!staged) continue;
      const { scenario, stage } = staged;
      try {
        report.push(...((await this.#unlessAbandoned(scenario.report?.(summary, stage))) ?? []));
      } catch (thrown) {
        warnings.push(`The report of ${scenario.name} failed: ${toMessage(thrown)}`);
      }
    }
    return { ...summary, report, warnings };
  }

  /** Waits for none of them any longer: a second Ctrl-C must end the run, also where such code hangs. */
  abandon(): void {
    this.#abandon();
  }

  close(): void {
    for (const staged of this.#stages) staged?.stage.close();
    this.#connections?.close();
  }

  #unlessAbandoned<T>(work: Promise<T> | T): Promise<T | undefined> {
    return Promise.race([work, this.#abandoned]);
  }
}
