/** What the API shows of a campaign is what the database holds of it. */
import type { Client } from '../operator/client.ts';
import { type CampaignRecord, entriesOf } from './record.ts';
import { createFindings, type Violation } from './violation.ts';

export async function checkShown(client: Client, record: CampaignRecord): Promise<Violation[]> {
  const { id } = record;
  const findings = createFindings('acknowledged', id);
  const get = async (path: string) => {
    const { answer } = await client.ask({ method: 'GET', path: `/api/traffic/${path}` });
    return answer.kind === 'lost' ? { status: 0, body: null } : answer;
  };
  const status = await get(`status/${id}`);
  findings.expectEqual('The status shown', status.body?.data?.status, record.status);
  findings.expectEqual('The number of entries shown', status.body?.data?.total_requests, record.lastSequence);
  const info = await get(`campaigns/${id}/info`);
  findings.expectEqual(
    'The number of missed requests shown',
    info.body?.data?.traffic_generation?.missed_requests,
    record.missedRequests,
  );
  const generated = await get(`generated/${id}`);
  const ids = (list: readonly { readonly id: string }[] = []) => list.map((entry) => entry.id).join();
  const shown = generated.body?.data ?? [];
  if (ids(shown) !== ids(entriesOf(record)))
    findings.add(`${shown.length} entries are shown, which are not the ${record.lastSequence} stored.`);
  const download = await get(`download/${id}`);
  if (record.lastSequence === 0) findings.expectEqual('The answer to a download', download.status, 404);
  else if (ids(download.body?.data?.traffic_data) !== ids(entriesOf(record)))
    findings.add('The download holds other entries than those stored.');
  return findings.violations;
}
