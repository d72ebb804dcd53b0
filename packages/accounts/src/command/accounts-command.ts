// `accounts list|disable|enable|role`: how whoever runs the platform looks after its people (H6).
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import {
  type Account,
  type AccountStore,
  AccountStoreUnavailableError,
  isRole,
  ROLES,
  type Role,
} from '../account-store.ts';
import { formatAccounts, printable, toJson } from './account-format.ts';
import { chooseRoles } from './choose-roles.ts';
import { CommandError } from './command-error.ts';

export interface OpenAccounts {
  readonly store: AccountStore;
  close(): Promise<void>;
}

export interface AccountsCommandOptions {
  /** What stands behind the name of the command. */
  readonly args: readonly string[];
  /** Opens the store; not called for help, nor for arguments that are wrong. */
  open(): Promise<OpenAccounts>;
  write(text: string): void;
  /** Takes one sentence on what is wrong. */
  complain(text: string): void;
}

/** How many accounts are read at once. */
const PAGE = 500;

/** Runs the command and returns its exit code: 0, or 1 after a sentence for `complain`. */
export async function runAccountsCommand(options: AccountsCommandOptions): Promise<number> {
  try {
    await buildProgram(options).parseAsync([...options.args], { from: 'user' });
    return 0;
  } catch (error) {
    // It has said by itself what is wrong, or shown its help.
    if (error instanceof CommanderError) return error.exitCode;
    options.complain(`${toSentence(error)}\n`);
    return 1;
  }
}

function buildProgram(options: AccountsCommandOptions): Command {
  const program = new Command('accounts')
    .description('Looks after the accounts of the session runner and the hub.')
    .exitOverride()
    .configureOutput({ writeOut: options.write, writeErr: options.complain });
  const on = <Result>(work: (store: AccountStore) => Promise<Result>) => withStore(options, work);

  addCommand(program, 'list', 'Lists all accounts, by username.').action(({ json }: Flags) =>
    on(async (store) => {
      const accounts = await listAll(store);
      options.write(json ? toJson(accounts) : formatAccounts(accounts));
    }),
  );

  for (const [name, isDisabled] of [
    ['disable', true],
    ['enable', false],
  ] as const) {
    addCommand(program, name, isDisabled ? 'Shuts an account out, at once.' : 'Lets an account in again.')
      .argument('<username>')
      .action((username: string, { json }: Flags) =>
        on(async (store) => {
          const account = found(username, await store.setDisabled(username, isDisabled));
          options.write(json ? toJson(account) : `${printable(username)} is ${name}d.\n`);
        }),
      );
  }

  addCommand(program, 'role', `Sets the roles of an account, or changes some: ${ROLES.join(', ')}.`)
    .argument('<username>')
    .argument('[roles...]', 'all the roles that it is to have', collectRoles)
    .option('--add <role>', 'a role more; may be repeated', collectRoles)
    .option('--remove <role>', 'a role less; may be repeated', collectRoles)
    .action((username: string, roles: readonly Role[] | undefined, { json, add, remove }: RoleFlags) =>
      on(async (store) => {
        const before = found(username, await store.findByUsername(username));
        const chosen = chooseRoles(before.roles, { set: roles ?? [], add: add ?? [], remove: remove ?? [] });
        const account = found(username, await store.setRoles(username, chosen));
        const said = account.roles.length === 0 ? 'no role' : account.roles.join(', ');
        options.write(json ? toJson(account) : `${printable(username)} has ${said}.\n`);
      }),
    );
  return program;
}

interface Flags {
  readonly json?: boolean;
}

interface RoleFlags extends Flags {
  readonly add?: readonly Role[];
  readonly remove?: readonly Role[];
}

function addCommand(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--json', 'the accounts as JSON')
    .showHelpAfterError(false);
}

/** Commander gives what it has collected of an argument that may be repeated. */
function collectRoles(text: string, before: readonly Role[] = []): readonly Role[] {
  if (!isRole(text)) {
    throw new InvalidArgumentError(
      `There is no role "${printable(text)}". The roles are ${ROLES.join(', ')}.`,
    );
  }
  return [...before, text];
}

async function withStore<Result>(
  { open }: AccountsCommandOptions,
  work: (store: AccountStore) => Promise<Result>,
): Promise<Result> {
  const { store, close } = await open();
  try {
    return await work(store);
  } finally {
    await close();
  }
}

async function listAll(store: AccountStore): Promise<Account[]> {
  const all: Account[] = [];
  for (;;) {
    const after = all.at(-1)?.username;
    const page = await store.list({ limit: PAGE, ...(after !== undefined && { after }) });
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

function found(username: string, account: Account | null): Account {
  if (!account) throw new CommandError(`There is no account named "${printable(username)}".`);
  return account;
}

function toSentence(error: unknown): string {
  if (error instanceof CommandError) return error.message;
  if (error instanceof AccountStoreUnavailableError) {
    const reason = error.cause instanceof Error ? error.cause.message : 'no reason given';
    return `The accounts are not available: ${reason}.`;
  }
  throw error;
}
