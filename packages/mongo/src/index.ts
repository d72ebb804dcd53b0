export { describeMongoError, isDuplicateKey, isMongoUnavailable } from './errors.ts';
export { createMongo, type Mongo, type MongoOptions } from './mongo.ts';
