// Sentences about users that more than one feature says.
import { AppError } from '@trafficflux/service-kit';

/** For a good token whose user was deleted. */
export function userNotFound(): AppError {
  return new AppError('unauthorized', 'User not found', {
    code: 'USER_NOT_FOUND',
    headers: { 'www-authenticate': 'Bearer' },
  });
}
