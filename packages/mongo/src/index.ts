export { endSilence } from './end-silence.ts';
export { describeMongoError, isDuplicateKey, isMongoUnavailable } from './errors.ts';
export { createMongo, type Mongo, type MongoOptions } from './mongo.ts';
export { checkMongoUrl } from './mongo-url.ts';
