// The faults of a seed; the numbers are those of the list of faults that the product must survive.
import type { CampaignPlan } from './campaigns.ts';
import type { Random } from './random.ts';

export const FAULT_KINDS = [
  'kill-worker',
  'restart-postgres',
  'kill-redis',
  'freeze-worker',
  'ten-kills',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** A moment in the life of a campaign: entry so many of it was stored, and a little later. */
export interface Moment {
  readonly campaign: number;
  readonly atEntry: number;
  readonly afterMs: number;
}

export interface KillWorker {
  /** 1: SIGKILL of the campaign's worker. */
  readonly kind: 'kill-worker';
  readonly moment: Moment;
  readonly returnsAfterMs: number;
}

export interface TenKills {
  /** 2: the worker is killed ten times in one campaign, each time so many entries after it was taken over. */
  readonly kind: 'ten-kills';
  readonly campaign: number;
  readonly kills: readonly Pick<Moment, 'atEntry' | 'afterMs'>[];
}

export interface FreezeWorker {
  /** 3: SIGSTOP beyond the lease, then SIGCONT. */
  readonly kind: 'freeze-worker';
  readonly moment: Moment;
  /** Now and then below 0: then it still has the lease, and what it wakes up to may have been stopped. */
  readonly beyondLeaseMs: number;
}

export interface RestartPostgres {
  /** 5: what `pg_ctl stop -m immediate` does, then a start. */
  readonly kind: 'restart-postgres';
  /** After the begin of the seed, in milliseconds. */
  readonly atMs: number;
  readonly awayMs: number;
}

export interface KillRedis {
  /** 9: SIGKILL of Redis; without its append-only file it comes back empty. */
  readonly kind: 'kill-redis';
  readonly atMs: number;
  readonly awayMs: number;
  readonly keepsFile: boolean;
}

export type FaultPlan = KillWorker | TenKills | FreezeWorker | RestartPostgres | KillRedis;

const KILLS = 10;

export function planFault(kind: FaultKind, campaigns: readonly CampaignPlan[], random: Random): FaultPlan {
  switch (kind) {
    case 'kill-worker':
      return { kind, moment: planMoment(campaigns, random), returnsAfterMs: random.integer(0, 600) };
    case 'ten-kills':
      return { kind, campaign: 0, kills: Array.from({ length: KILLS }, () => planKill(random)) };
    case 'freeze-worker':
      return { kind, moment: planMoment(campaigns, random), beyondLeaseMs: planFreeze(random) };
    case 'restart-postgres':
      return { kind, atMs: random.integer(200, 2200), awayMs: random.integer(0, 1200) };
    case 'kill-redis':
      return {
        kind,
        atMs: random.integer(0, 2000),
        awayMs: random.integer(0, 1500),
        keepsFile: random.chance(0.5),
      };
  }
}

function planMoment(campaigns: readonly CampaignPlan[], random: Random): Moment {
  return {
    // The first one runs for sure; the others may just then be paused, stopped or cleaned up.
    campaign: random.chance(0.6) ? 0 : random.integer(0, campaigns.length - 1),
    atEntry: random.integer(1, 120),
    // Entries are stored four times a second: any moment between two writes.
    afterMs: random.integer(0, 260),
  };
}

function planFreeze(random: Random): number {
  return random.chance(0.25) ? random.integer(-350, -50) : random.integer(50, 900);
}

function planKill(random: Random) {
  return { atEntry: random.integer(1, 12), afterMs: random.integer(0, 60) };
}
