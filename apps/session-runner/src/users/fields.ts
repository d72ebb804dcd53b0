// The fields of registration and login.
import { MAX_NAME_LENGTH } from '@trafficflux/accounts';
import { isHashable, MAX_PASSWORD_BYTES } from '@trafficflux/auth';
import { Problem } from '../validation/fields.ts';
import { optional, text } from '../validation/text.ts';

const EMAIL = /^[^\s@]+@[^\s@]+$/;

export const registrationFields = {
  username: text({ check: checkName }),
  email: text({ check: checkEmail }),
  password: text({ check: checkPassword, isSecret: true }),
  full_name: optional(text({ maxLength: 500, mayBeBlank: true })),
};

/** Who has a wrong name or password is told no more than that; the length is bounded since limits count by the name. */
export const loginFields = {
  username: text({ maxLength: MAX_NAME_LENGTH, mayBeBlank: true, mayBeUnstorable: true }),
  password: text({ mayBeBlank: true, mayBeUnstorable: true, isSecret: true }),
};

function checkName(name: string): Problem | undefined {
  if (name.length <= MAX_NAME_LENGTH) return undefined;
  return new Problem('string_too_long', `String should have at most ${MAX_NAME_LENGTH} characters`);
}

function checkEmail(email: string): Problem | undefined {
  if (EMAIL.test(email)) return checkName(email);
  return new Problem('value_error', 'Value error, the e-mail address must look like name@host');
}

/** bcrypt would silently ignore what is beyond 72 bytes, or behind a NUL. */
function checkPassword(password: string): Problem | undefined {
  if (isHashable(password)) return undefined;
  return new Problem('string_too_long', `String should have at most ${MAX_PASSWORD_BYTES} bytes of UTF-8`);
}
