/** Does what the plan of a fault says; resolves when it is over and all that it took is back. */
import type { FaultPlan } from '../plan/faults.ts';
import type { Stage } from './fault.ts';
import { freezeWorker } from './freeze-worker.ts';
import { killWorker } from './kill-worker.ts';
import { killRedis, restartPostgres } from './outages.ts';
import { killTenTimes } from './ten-kills.ts';

export async function inject(stage: Stage, fault: FaultPlan): Promise<void> {
  switch (fault.kind) {
    case 'kill-worker':
      return killWorker(stage, fault);
    case 'ten-kills':
      return killTenTimes(stage, fault);
    case 'freeze-worker':
      return freezeWorker(stage, fault);
    case 'restart-postgres':
      return restartPostgres(stage, fault);
    case 'kill-redis':
      return killRedis(stage, fault);
  }
}
