/** Load testers that send a POST of a JSON body, with one header that varies per request. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clients, type LoadClient, loadspiker } from './clients.ts';

export const POST_BODY = JSON.stringify({
  id: 1234,
  title: 'A book of sixty characters',
  authorId: 7,
  tags: [],
});
export const POST_HEADER = 'x-request-id';

const scenario = fileURLToPath(new URL('post-scenario.ts', import.meta.url));
const WRK_SCRIPT = `local sent = 0
local headers = { ["content-type"] = "application/json" }
local body = [==[${POST_BODY}]==]
request = function()
  sent = sent + 1
  headers["${POST_HEADER}"] = tostring(sent)
  return wrk.format("POST", nil, headers, body)
end
`;
const K6_SCRIPT = `import http from 'k6/http';
export const options = { discardResponseBodies: true };
const body = '${POST_BODY}';
let sent = 0;
export default () => {
  sent += 1;
  http.post(__ENV.TARGET, body, { headers: { 'content-type': 'application/json', '${POST_HEADER}': String(sent) } });
};
`;

export const postClients: readonly LoadClient[] = clients.flatMap((client): LoadClient[] => {
  switch (client.name) {
    case 'loadspiker':
      return [
        {
          ...client,
          command: ({ url, seconds, connections }, folder) => [
            ...[process.execPath, loadspiker, 'run', scenario, '--headless', '-H', url],
            ...['-u', `${connections}`, '-r', '100000', '-t', `${seconds}s`, '--threads', '1', '--quiet'],
            ...['--json', join(folder, 'out.json')],
          ],
        },
      ];
    case 'wrk':
      return [
        {
          ...client,
          command: (load, folder) => {
            const file = join(folder, 'post.lua');
            writeFileSync(file, WRK_SCRIPT);
            return [...client.command(load, folder), '-s', file];
          },
        },
      ];
    case 'k6':
      return [
        {
          ...client,
          command: (load, folder) => {
            const [script = '', ...others] = client.command(load, folder).reverse();
            writeFileSync(script, K6_SCRIPT);
            return [...others.reverse(), '-e', `TARGET=${load.url}`, script];
          },
        },
      ];
    default:
      return [];
  }
});
