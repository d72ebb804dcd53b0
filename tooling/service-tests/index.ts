export { type Answer, type Asker, createAsker } from './asker.ts';
export { describeBearerFacts } from './bearer-facts.ts';
export { forgeToken, toClaims } from './forge-token.ts';
export { describeOpenApiFacts } from './openapi-facts.ts';
export { getText, listen, open, readAll } from './raw-http.ts';
export { type ServiceProcess, startServiceProcess } from './service-process.ts';
export { describeWireFacts } from './wire-facts.ts';
