// Live campaigns send real requests, which go only where the operator allows it (H7).
import type { AllowList } from '@trafficflux/targets';
import { BlockedTargetError } from '@trafficflux/targets';
import { forbidden } from '../errors.ts';
import type { CampaignSettings } from './fields.ts';
import { parseRunConfig } from './run-config.ts';

/** The URL is judged as it was written. @throws {AppError} `forbidden` why a live campaign may not go there */
export function assertMayGoLive(
  { targetUrl, config }: Pick<CampaignSettings, 'targetUrl' | 'config'>,
  allowList: AllowList,
): void {
  if (parseRunConfig(config).delivery !== 'live') return;
  try {
    allowList.parseTarget(targetUrl);
  } catch (error) {
    if (!(error instanceof BlockedTargetError)) throw error;
    throw forbidden(`Live delivery to this target is not allowed: ${error.message}`);
  }
}
