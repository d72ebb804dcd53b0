// /api/traffic: runs campaigns, and tells how they get on.
import type { App } from '@trafficflux/service-kit';
import { createPlanner, type PlannerOptions } from './planner.ts';
import { addReadRoutes, type ReadRoutesOptions } from './read-routes.ts';
import { createTrafficRepository } from './repository.ts';
import { createRunNews, type RunNewsOptions } from './run-news.ts';
import { addRunRoutes } from './run-routes.ts';
import { createRunService, type RunServiceOptions } from './run-service.ts';

export type TrafficRoutesOptions = PlannerOptions &
  RunNewsOptions &
  Omit<RunServiceOptions, 'planner' | 'news' | 'pingQueue'> &
  Omit<ReadRoutesOptions, 'traffic' | 'pingQueue'> & {
    readonly queue: { ping(): Promise<void> };
  };

export function addTrafficRoutes(app: App, options: TrafficRoutesOptions): void {
  const { campaigns, states, queue, prisma, ownership } = options;
  const pingQueue = () => queue.ping();
  const planner = createPlanner(options);
  const news = createRunNews(options);
  const traffic = createTrafficRepository(prisma);
  addRunRoutes(app, createRunService({ campaigns, states, planner, news, pingQueue }));
  addReadRoutes(app, { campaigns, traffic, prisma, ownership, pingQueue });
}
