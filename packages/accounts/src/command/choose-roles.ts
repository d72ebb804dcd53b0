import { ROLES, type Role } from '../account-store.ts';
import { CommandError } from './command-error.ts';

export interface RoleChange {
  readonly set: readonly Role[];
  readonly add: readonly Role[];
  readonly remove: readonly Role[];
}

/** The roles after a change, each once, in the order of `ROLES`. @throws {CommandError} */
export function chooseRoles(before: readonly Role[], { set, add, remove }: RoleChange): readonly Role[] {
  const isChange = add.length > 0 || remove.length > 0;
  if (set.length > 0 && isChange) {
    throw new CommandError('Name all the roles, or use --add and --remove, but not both.');
  }
  if (set.length === 0 && !isChange) {
    throw new CommandError(
      `Name the roles that it is to have, or use --add and --remove. The roles are ${ROLES.join(', ')}.`,
    );
  }
  const contradiction = add.find((role) => remove.includes(role));
  if (contradiction) throw new CommandError(`The role ${contradiction} cannot be added and removed at once.`);
  const wanted = set.length > 0 ? set : [...before, ...add];
  return ROLES.filter((role) => wanted.includes(role) && !remove.includes(role));
}
