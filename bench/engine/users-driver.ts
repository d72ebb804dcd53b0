/** One run of our engine. Usage: OPTIONS (JSON). It prints {requests, failures, peakBytes}: the most memory that its process had. */
import { runLoad } from '@trafficflux/load-engine';

const { total } = await runLoad(JSON.parse(process.argv[2] ?? '{}'));
const peakBytes = process.resourceUsage().maxRSS * 1024;
console.log(JSON.stringify({ requests: total.requests, failures: total.failures, peakBytes }));
