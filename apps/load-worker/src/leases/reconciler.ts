/** Finds runs without an owner: those of workers that died, and those whose wake-up was lost. */
import { type Repeated, repeat } from '../repeat.ts';
import type { Trouble } from '../trouble.ts';
import type { Claims } from './claims.ts';

const PAUSE_MS = 500;
/** So that workers that were started together do not look together. */
const JITTER = 0.3;

export function startReconciler(claims: Claims, trouble: Trouble): Repeated {
  return repeat(
    async () => {
      await claims.claimOrphans();
      trouble.passed();
    },
    () => PAUSE_MS * (1 + JITTER * (2 * Math.random() - 1)),
    (error) => trouble.happened(error),
  );
}
