// Each check must be silent about a sound campaign, and find what is planted in the tables of it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChaosPostgres } from '../actors/postgres.ts';
import { type Planted, plantCampaign, startMigratedPostgres, toEntry } from '../test/planted.ts';
import { checkAcknowledged } from './acknowledged.ts';
import { checkDense } from './dense.ts';
import { checkHistory } from './history.ts';
import { checkPace } from './pace.ts';
import { type CampaignRecord, readRecords } from './record.ts';
import { checkSilence } from './silence.ts';
import { checkStatistics } from './statistics.ts';
import type { Violation } from './violation.ts';

let postgres: ChaosPostgres;
beforeAll(async () => {
  postgres = await startMigratedPostgres();
});
afterAll(() => postgres[Symbol.asyncDispose]());

type Plant = (campaign: Planted) => Promise<unknown>;
const sql =
  (...statements: string[]): Plant =>
  async (campaign) => {
    for (const statement of statements) await campaign.run(statement);
  };
const entry = (sequence: number, change: object) => JSON.stringify([{ ...toEntry(sequence), ...change }]);
/** Splits the last chunk, so that its last entry can be another one. */
const lastEntryIs =
  (change: object): Plant =>
  async ({ run, addChunk }) => {
    await run('DELETE FROM chunks WHERE campaign_id = $1 AND last_sequence = 30');
    await addChunk(21, 29, 4);
    await addChunk(30, 30, 4);
    await run(
      "UPDATE chunks SET entries = convert_to($2, 'UTF8') WHERE campaign_id = $1 AND last_sequence = 30",
      entry(30, change),
    );
  };

function describeCheck(
  name: string,
  check: (record: CampaignRecord) => Violation[],
  planted: Readonly<Record<string, { plant: Plant; found: RegExp }>>,
): void {
  describe(`the check of ${name}`, () => {
    it('finds nothing in a campaign that is sound', async () => {
      expect(check(await (await plantCampaign(postgres.pool)).read())).toEqual([]);
    });

    it.each(Object.entries(planted))('finds %s', async (_name, { plant, found }) => {
      const campaign = await plantCampaign(postgres.pool);
      await plant(campaign);
      const violations = check(await campaign.read());
      expect(violations.map(({ sentence }) => sentence).join('\n')).toMatch(found);
      expect(violations.every(({ campaignId }) => campaignId === campaign.id)).toBe(true);
    });
  });
}

describeCheck('sequences', checkDense, {
  'a chunk that is gone': {
    plant: sql('DELETE FROM chunks WHERE campaign_id = $1 AND last_sequence = 20'),
    found: /begins at 21, after 10/,
  },
  'a chunk that was stored twice': {
    plant: ({ addChunk }) => addChunk(21, 31, 4),
    found: /begins at 21, after 30[\s\S]*ids are there twice/,
  },
  'entries that are fewer than the chunk says': {
    plant: sql(
      'UPDATE chunks SET first_sequence = 31, last_sequence = 41 WHERE campaign_id = $1 AND last_sequence = 30',
    ),
    found: /The chunk 31–41 holds 10 entries/,
  },
  'entries in a wrong order': {
    plant: sql(`UPDATE chunks SET entries = (
        SELECT convert_to(json_agg(e ORDER BY (e->>'sequence')::int DESC)::text, 'UTF8')
        FROM json_array_elements(convert_from(entries, 'UTF8')::json) e)
      WHERE campaign_id = $1 AND last_sequence = 30`),
    found: /holds 30 at place 1/,
  },
  'an id that two entries have': {
    plant: lastEntryIs({ id: 'entry-1' }),
    found: /1 of 30 ids are there twice/,
  },
  'a last sequence of which there is no entry': {
    plant: sql('UPDATE campaigns SET last_sequence = 31 WHERE id = $1'),
    found: /The last sequence is 31, but it must be 30/,
  },
});

describeCheck('statistics', checkStatistics, {
  'counts that were added twice': {
    plant: sql('UPDATE campaigns SET successful_requests = successful_requests + 5 WHERE id = $1'),
    found: /The number of successes is 20, but it must be 15/,
  },
  'a count of entries that are not there': {
    plant: sql('UPDATE campaigns SET last_sequence = 40 WHERE id = $1'),
    found: /The number of entries is 40, but it must be 30/,
  },
  'a sum of response times that is off by one': {
    plant: sql('UPDATE campaigns SET response_time_us = response_time_us + 1 WHERE id = $1'),
    found: /The sum of response times in µs is 307501/,
  },
  'a first and a last time that no entry has': {
    plant: sql(
      `UPDATE campaigns SET first_entry_at = '2020-01-01', last_entry_at = '2030-01-01' WHERE id = $1`,
    ),
    found: /The first time is "2020[\s\S]*The last time is "2030/,
  },
  'a last entry that is not the last': {
    plant: sql(`UPDATE campaigns SET last_entry = '{"id": "entry-29"}' WHERE id = $1`),
    found: /The last entry is "entry-29"/,
  },
  'a value that was not counted': {
    plant: sql(`DELETE FROM campaign_values WHERE campaign_id = $1 AND kind = 'ad_format'`),
    found: /The list of values/,
  },
});

describeCheck('the history', checkHistory, {
  'a step that the table does not have': {
    plant: sql(
      `UPDATE state_changes SET to_status = 'paused' WHERE campaign_id = $1 AND epoch = 1`,
      `UPDATE state_changes SET from_status = 'paused' WHERE campaign_id = $1 AND epoch = 5`,
    ),
    found: /The history goes from draft to paused/,
  },
  'a step that is missing': {
    plant: sql(`DELETE FROM state_changes WHERE campaign_id = $1 AND epoch = 1`),
    found: /The history goes on from running, but it was draft/,
  },
  'a status that the history does not end with': {
    plant: sql(`UPDATE campaigns SET status = 'stopped' WHERE id = $1`),
    found: /The status is "stopped", but it must be "completed"/,
  },
  'epochs that do not rise': {
    plant: sql('UPDATE state_changes SET epoch = 1 WHERE campaign_id = $1'),
    found: /Epoch 1 of the history follows epoch 1/,
  },
  'a campaign that is behind its history': {
    plant: sql('UPDATE campaigns SET epoch = 4 WHERE id = $1'),
    found: /epoch 4 is below 5/,
  },
});

describeCheck('pace', checkPace, {
  'a slot that was made twice': {
    plant: lastEntryIs({ slot: 28 }),
    found: /Entry 30 is of slot 28, after one of slot 28/,
  },
  'a burst': {
    plant: sql(`UPDATE chunks SET entries = (
        SELECT convert_to(json_agg(e::jsonb || '{"timestamp": "2026-01-01T00:00:00.210Z"}'
          ORDER BY (e->>'sequence')::int)::text, 'UTF8')
        FROM json_array_elements(convert_from(entries, 'UTF8')::json) e)
      WHERE campaign_id = $1 AND last_sequence = 30`),
    found: /Entries 1–25 of a run are 25; their time has room for 20.0/,
  },
  'missed slots that nobody counted': {
    plant: sql('UPDATE campaigns SET next_slot = 35 WHERE id = $1'),
    found: /30 entries and 0 missed are not the 35 slots/,
  },
  'an end before the time': {
    plant: sql('UPDATE campaigns SET run_slots = 300 WHERE id = $1'),
    found: /It completed after 30 of its 300 slots/,
  },
});

const forEver = { after: 'stop', from: 0, until: Number.POSITIVE_INFINITY };
describeCheck('silence', (record) => checkSilence(record, []), {
  'a chunk that was stored after the campaign was over': {
    plant: ({ addChunk }) => addChunk(31, 40, 4),
    found: /The chunk 31–40 of epoch 4 was stored after the change to completed/,
  },
  'a chunk of an older owner': {
    plant: ({ addChunk }) => addChunk(31, 40, 3),
    found: /of epoch 3 follows one of epoch 4/,
  },
  'a chunk of an epoch in which nothing ran': {
    plant: ({ addChunk }) => addChunk(31, 40, 5),
    found: /belongs to the time in which it was completed/,
  },
});

describe('the check of silence after an acknowledgement', () => {
  it('finds a chunk that was stored after it', async () => {
    const campaign = await plantCampaign(postgres.pool);
    const from = (await campaign.read()).changes.at(-1)?.committedAt ?? 0;
    const silence = { ...forEver, campaignId: campaign.id, from };
    expect(checkSilence(await campaign.read(), [silence])).toEqual([]);
    await campaign.addChunk(31, 40, 6);
    await campaign.run(`INSERT INTO state_changes (campaign_id, from_status, to_status, epoch, changed_by)
      VALUES ($1, 'completed', 'running', 6, 'test')`);
    const [violation] = checkSilence(await campaign.read(), [silence]);
    expect(violation?.sentence).toMatch(
      /The chunk 31–40 was stored [\d.]+ ms after the stop was acknowledged/,
    );
    expect(checkSilence(await campaign.read(), [{ ...silence, until: from + 0.001 }])).toEqual([]);
    expect(checkSilence(await campaign.read(), [{ ...silence, campaignId: 'another' }])).toEqual([]);
  });
});

describe('the check of what was acknowledged', () => {
  const told = { statuses: ['running', 'completed'], runs: 1, entries: 30 };

  it('finds nothing where all of it is stored', async () => {
    const record = await (await plantCampaign(postgres.pool)).read();
    expect(checkAcknowledged({ ...told, campaignId: record.id }, record)).toEqual([]);
  });

  it.each([
    ['a change that is lost', { statuses: ['running', 'paused', 'completed'] }, /told to be running, paused/],
    ['changes in another order', { statuses: ['completed', 'running'] }, /its history is running, completed/],
    ['a run that is lost', { runs: 2 }, /2 runs were begun, and 1 are known/],
    ['entries that were seen and are gone', { entries: 31 }, /31 entries were there once/],
  ])('finds %s', async (_name, change, found) => {
    const record = await (await plantCampaign(postgres.pool)).read();
    const [violation] = checkAcknowledged({ ...told, ...change, campaignId: record.id }, record);
    expect(violation?.sentence).toMatch(found);
  });

  it('finds a campaign that is lost', async () => {
    const campaign = await plantCampaign(postgres.pool);
    await campaign.run('DELETE FROM campaigns WHERE id = $1');
    const [record] = await readRecords(postgres.pool, [campaign.id]);
    const [violation] = checkAcknowledged({ ...told, campaignId: campaign.id }, record);
    expect(violation?.sentence).toBe('It was created, and is not there.');
  });
});
