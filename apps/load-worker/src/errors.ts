// How a worker words the errors of its few HTTP routes.
import type { ErrorFormat } from '@trafficflux/service-kit';

export const errorFormat: ErrorFormat = {
  serialize: ({ message }) => ({ success: false, error: message, message }),
};
