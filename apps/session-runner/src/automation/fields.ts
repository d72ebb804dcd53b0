// The fields of what is asked about sessions.
import { MAX_URL_LENGTH, parseTarget } from '../journeys/target-url.ts';
import { Problem } from '../validation/fields.ts';
import { integer } from '../validation/integer.ts';
import { text } from '../validation/text.ts';

const MAX_KEYWORD_LENGTH = 500;

export const startFields = {
  search_keyword: text({ maxLength: MAX_KEYWORD_LENGTH }),
  target_domain: text({ maxLength: MAX_URL_LENGTH, check: checkTarget }),
};

/** How many threads a session may have is said by the sessions, with 400. */
export const startMultiFields = { ...startFields, thread_count: integer({ absent: 1 }) };

export const historyFields = { limit: integer({ absent: 10, minimum: 1, maximum: 100 }) };

/** What has an @ may hold a password, and is not sent back. */
function checkTarget(target: string): Problem | undefined {
  if (parseTarget(target) !== null) return undefined;
  const sentence = 'Input should be a host or a URL of http or https, without a user name or a password';
  return new Problem('url_parsing', sentence, target.includes('@'));
}
