// How accounts are shown: as a table for people, as JSON for programs. Neither holds the hash of a password.
import { getBorderCharacters, table } from 'table';
import type { Account } from '../account-store.ts';

const HEADINGS = ['USERNAME', 'E-MAIL', 'FULL NAME', 'ROLES', 'STATE', 'CREATED'];
/** Longer texts are cut in the table, which has to fit a terminal. */
const CELL_LENGTH = 40;

export function formatAccounts(accounts: readonly Account[]): string {
  if (accounts.length === 0) return 'There are no accounts yet.\n';
  return table([HEADINGS, ...accounts.map(toRow)], {
    border: getBorderCharacters('void'),
    columnDefault: { paddingLeft: 0, paddingRight: 2 },
    drawHorizontalLine: () => false,
  }).replaceAll(/ +$/gm, '');
}

/** One account, or a list of them, with the documented names. */
export function toJson(accounts: Account | readonly Account[]): string {
  const shown = Array.isArray(accounts) ? accounts.map(toShown) : toShown(accounts as Account);
  return `${JSON.stringify(shown, null, 2)}\n`;
}

/** People choose their names: what would steer the terminal is shown as its code instead. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}

function toRow(account: Account): string[] {
  return [
    toCell(account.username),
    toCell(account.email),
    toCell(account.fullName ?? ''),
    account.roles.join(', '),
    account.disabled ? 'disabled' : 'enabled',
    account.createdAt.toISOString(),
  ];
}

function toCell(text: string): string {
  const characters = [...printable(text)];
  if (characters.length <= CELL_LENGTH) return characters.join('');
  return `${characters.slice(0, CELL_LENGTH - 1).join('')}…`;
}

function toShown(account: Account) {
  return {
    id: account.id,
    username: account.username,
    email: account.email,
    full_name: account.fullName,
    disabled: account.disabled,
    roles: account.roles,
    created_at: account.createdAt,
    updated_at: account.updatedAt,
  };
}
