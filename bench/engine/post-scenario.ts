/** A POST of a JSON body with one header that is another one each time. */
import { defineScenario } from '@trafficflux/load-engine';
import { POST_BODY, POST_HEADER } from './post-clients.ts';

let sent = 0;

// biome-ignore lint/style/noDefaultExport: scenarios are found by it
export default defineScenario({
  name: 'post',
  tasks: [
    {
      name: 'post',
      run: (user) => {
        sent += 1;
        return user.post('/', {
          body: POST_BODY,
          headers: { 'content-type': 'application/json', [POST_HEADER]: `${sent}` },
          discardBody: true,
        });
      },
    },
  ],
});
