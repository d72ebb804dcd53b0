/** One run of our engine on one thread. Usage: OPTIONS (JSON). It prints what clients.ts reads. */
import { runLoad } from '@trafficflux/load-engine';

const { total, starts, verdict } = await runLoad({
  ...JSON.parse(process.argv[2] ?? '{}'),
  workerThreads: 1,
});
console.log(JSON.stringify({ total, starts, verdict }));
