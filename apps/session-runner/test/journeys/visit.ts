import { type Lookup, parseAllowList } from '@trafficflux/targets';
import { visitTarget } from '../../src/journeys/drivers/http.ts';
import type { JourneyEnd, JourneyStep } from '../../src/journeys/journey.ts';
import type { JourneyConfig } from '../../src/journeys/journey-config.ts';
import { beginTrip, type Trip } from '../../src/journeys/thread/trip.ts';
import { RequestGate } from '../../src/journeys/web/request-gate.ts';
import { createConfig } from './journey-config.ts';

export interface VisitOptions {
  readonly keyword?: string;
  readonly allowList?: string;
  readonly config?: Partial<JourneyConfig>;
  readonly lookup?: Lookup;
  readonly onStep?: (step: JourneyStep, trip: Trip) => void;
  readonly onBegin?: (trip: Trip) => void;
}

export interface Visit {
  readonly end: JourneyEnd;
  readonly steps: readonly JourneyStep[];
  /** `action outcome status path`, as far as there is any. */
  readonly told: readonly string[];
}

/** Plays an http journey in this thread. */
export async function visit(target: string, options: VisitOptions = {}): Promise<Visit> {
  const steps: JourneyStep[] = [];
  const config = createConfig(options.config);
  const order = {
    sessionId: '0123456789abcdef01234567',
    journey: 1,
    userId: 'user_1',
    searchKeyword: options.keyword ?? 'keyboard',
    targetDomain: target,
    driver: 'http',
  } as const;
  const trip = beginTrip(order, config, (step) => {
    steps.push(step);
    options.onStep?.(step, trip);
  });
  options.onBegin?.(trip);
  const way = visitTarget(trip, {
    allowList: parseAllowList(options.allowList ?? 'localhost,127.0.0.1'),
    gate: new RequestGate(config.requestsPerSecond),
    ...(options.lookup === undefined ? {} : { lookup: options.lookup }),
  });
  const end = await trip.endOf(way);
  return { end, steps, told: steps.map(describeStep) };
}

function describeStep({ action, outcome, status, url }: JourneyStep): string {
  const path = url === null ? null : url.replace(/^http:\/\/127\.0\.0\.1:\d+/, '');
  return [action, outcome, status, path].filter((part) => part !== null).join(' ');
}
