/** What the pool and a thread of it tell each other. */
import type { MessagePort } from 'node:worker_threads';
import type { JourneyEnd, JourneyOrder, JourneyStep } from '../journey.ts';
import type { JourneyConfig } from '../journey-config.ts';

/** What each thread is started with. */
export interface ThreadData {
  readonly config: JourneyConfig;
  readonly allowList: string;
}

/** One journey for a thread, over piscina; the thread answers with its `JourneyEnd` when it has really ended. */
export interface ThreadTask {
  readonly order: JourneyOrder;
  /** Steps come out of it as they are made; any message into it means stop. */
  readonly port: MessagePort;
}

export type ThreadMessage =
  | { readonly type: 'started' }
  | { readonly type: 'step'; readonly step: JourneyStep };

/** What the file that piscina loads has to export. */
export interface ThreadModule {
  playJourney(task: ThreadTask): Promise<JourneyEnd>;
}
