/** A scenario's code that runs once per run, around the load: setup, teardown and report. */
import type { ConnectionPool } from '../http/index.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Tags } from '../record/step-recorder.ts';
import { ScenarioClient } from '../scenario/client.ts';
import type { Scenario, ScenarioOptions } from '../scenario/define.ts';
import { createRandom, type Random } from '../scenario/random.ts';
import { Targets } from '../scenario/targets.ts';
import type { RunContext } from '../scenario/user.ts';
import { Gate } from './gate.ts';
import type { HttpDebug } from './http-debug.ts';
import type { ScenarioSource } from './job.ts';
import type { RunSettings } from './run-settings.ts';

/** No user has this index. */
const STAGE_STREAM = -1;

export interface StageOptions {
  readonly recorder: Recorder;
  readonly tags: Tags;
  readonly seed: number;
  readonly settings: RunSettings;
  /** Null where their number is not limited. */
  readonly connections: ConnectionPool | null;
  readonly debug: HttpDebug | null;
  readonly scenario: Pick<Scenario, 'metrics' | 'foldIds'>;
}

export class Stage extends ScenarioClient implements RunContext<ScenarioOptions> {
  readonly options: ScenarioOptions;
  readonly env: Readonly<Record<string, string>>;
  readonly baseUrl: string;
  readonly random: Random;

  /** Its requests are counted like those of the users, under their own names. */
  constructor(source: ScenarioSource, options: StageOptions) {
    const { recorder, tags, seed, settings, connections, debug, scenario } = options;
    const targets = new Targets(source.baseUrl, settings);
    super({
      targets,
      recorder,
      tags,
      connections,
      debug,
      metrics: scenario.metrics ?? {},
      foldIds: scenario.foldIds ?? true,
      gate: new Gate(null, null, () => {}),
    });
    this.options = source.options;
    this.env = settings.env;
    this.baseUrl = targets.baseUrl;
    this.random = createRandom(seed, STAGE_STREAM);
  }
}
