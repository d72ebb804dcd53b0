import { mongo } from 'mongoose';

/**
 * Checks a MongoDB connection string, `mongodb://` or `mongodb+srv://`, without connecting.
 *
 * Throws a `TypeError` whose sentence never repeats the text, since it may hold a password.
 */
export function checkMongoUrl(text: string): void {
  try {
    new mongo.MongoClient(text);
  } catch {
    throw new TypeError(
      'The MongoDB URL must look like mongodb://user:password@host:27017, with special characters in the user name and the password percent-encoded.',
    );
  }
}
