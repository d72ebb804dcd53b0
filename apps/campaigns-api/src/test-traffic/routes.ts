// POST /api/traffic/test: what traffic would look like, without a campaign and without a request.
import type { App } from '@trafficflux/service-kit';
import type { ProfileRepository } from '../profiles/repository.ts';
import { toFullAnswer, toGenerateAnswer, toSimulateAnswer } from './answers.ts';
import * as operations from './operations.ts';
import { makeEntry, simulate } from './simulation.ts';
import { findSample, type TestCampaign, toTestPlan } from './test-campaign.ts';
import { noTestData, parseTestRequest, type TestRequest } from './test-request.ts';

export interface TestRoutesOptions {
  readonly profiles: Pick<ProfileRepository, 'findEach'>;
}

export function addTestRoutes(app: App, { profiles }: TestRoutesOptions): void {
  app.post(
    '/api/traffic/test',
    {
      schema: operations.test,
      errorHandler: (error) => {
        throw error.code === 'FST_ERR_CTP_EMPTY_JSON_BODY' ? noTestData() : error;
      },
    },
    async ({ body }) => runTest(parseTestRequest(body), profiles),
  );
}

async function runTest(request: TestRequest, profiles: TestRoutesOptions['profiles']) {
  switch (request.type) {
    case 'generate_traffic_data':
      return toGenerateAnswer(makeEntry(await planTest(request.campaign, profiles)));
    case 'simulate_request': {
      const plan = toTestPlan(findSample(), []);
      const trafficData = request.trafficData ?? makeEntry(plan);
      return toSimulateAnswer(trafficData, await simulate(plan, request.count));
    }
    case 'full_traffic_simulation': {
      const plan = await planTest(request.campaign, profiles);
      const begin = performance.now();
      const played = await simulate(plan, request.count);
      return toFullAnswer(request.campaign, played, performance.now() - begin);
    }
  }
}

/** Those profiles that exist are played as they are. */
async function planTest(campaign: TestCampaign, profiles: TestRoutesOptions['profiles']) {
  const ids = [...new Set(campaign.settings.userProfileIds)];
  return toTestPlan(campaign, await profiles.findEach(ids));
}
