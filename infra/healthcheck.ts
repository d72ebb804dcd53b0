// The image's HEALTHCHECK: asks the service whether it is ready, over TLS where it serves TLS.
import { get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';

const { PORT, TLS_CERT } = process.env;
const answer = TLS_CERT
  ? // The certificate names the public host, not this loopback address, so it is not compared here.
    getSecure(`https://127.0.0.1:${PORT}/health/ready`, { rejectUnauthorized: false, timeout: 2_000 })
  : getPlain(`http://127.0.0.1:${PORT}/health/ready`, { timeout: 2_000 });

answer.on('response', ({ statusCode }) => finish(statusCode === 200, `The service answered ${statusCode}.`));
answer.on('timeout', () => finish(false, 'The service did not answer within 2 seconds.'));
answer.on('error', (error) => finish(false, `The service cannot be reached: ${error.message}`));

function finish(isReady: boolean, sentence: string): void {
  console.log(sentence);
  process.exit(isReady ? 0 : 1);
}
