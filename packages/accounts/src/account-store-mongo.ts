// Accounts in MongoDB, in the documented collection `users`. An entry of its own, since the driver is slow to load and
// most processes do without.
import { isDuplicateKey, isMongoUnavailable, type Mongo } from '@trafficflux/mongo';
import { type Model, Schema, Types, trusted } from 'mongoose';
import { isAccountId, isAccountName, toEmailKey } from './account-name.ts';
import {
  type Account,
  type AccountStore,
  AccountStoreUnavailableError,
  DEFAULT_ROLES,
  isRole,
} from './account-store.ts';
import { accountExists, checkNewAccount } from './new-account.ts';

interface UserDocument {
  readonly _id: Types.ObjectId;
  readonly username: string;
  readonly email: string;
  /** The e-mail in lower case: by it e-mails are compared. Absent in documents of others, until `prepareMongoAccounts`. */
  readonly email_key?: string;
  readonly full_name?: string | null;
  readonly hashed_password: string;
  readonly disabled?: boolean;
  /** Absent in documents of others: then the roles of every new account. */
  readonly roles?: readonly string[];
  readonly created_at: Date;
  readonly updated_at: Date;
}

const users = new Schema<UserDocument>(
  {
    username: { type: String, required: true },
    email: { type: String, required: true },
    email_key: { type: String, required: true },
    full_name: { type: String, default: null },
    hashed_password: { type: String, required: true },
    disabled: { type: Boolean, default: false },
    roles: { type: [String], default: undefined },
    created_at: Date,
    updated_at: Date,
  },
  {
    collection: 'users',
    versionKey: false,
    strictQuery: 'throw',
    timestamps: { createdAt: 'created_at', updatedAt: 'updated_at' },
  },
);

/** Keeps accounts in the database of `mongo`, which `prepareMongoAccounts` has prepared. */
export function createMongoAccountStore(mongo: Mongo): AccountStore {
  const model = modelOf(mongo);

  const findOne = async (filter: Partial<UserDocument>): Promise<Account | null> => {
    const found = await askStore(mongo, () => model.findOne(filter).lean<UserDocument>().exec());
    return found && toAccount(found);
  };

  const change = async (username: string, set: Partial<UserDocument>): Promise<Account | null> => {
    if (!isAccountName(username)) return null;
    const changed = await askStore(mongo, () =>
      model
        .findOneAndUpdate({ username }, { $set: set }, { returnDocument: 'after' })
        .lean<UserDocument>()
        .exec(),
    );
    return changed && toAccount(changed);
  };

  return {
    async create(account) {
      const { username, email, fullName, hashedPassword, roles } = checkNewAccount(account);
      const document = {
        username,
        email,
        email_key: toEmailKey(email),
        full_name: fullName,
        hashed_password: hashedPassword,
        roles: [...roles],
      };
      const created = await askStore(mongo, () => model.create(document).catch(throwIfTaken));
      return toAccount(created.toObject<UserDocument>());
    },

    findById: async (id) => (isAccountId(id) ? findOne({ _id: new Types.ObjectId(id) }) : null),

    async findAllById(ids) {
      const known = ids.filter(isAccountId).map((id) => new Types.ObjectId(id));
      if (known.length === 0) return [];
      const found = await askStore(mongo, () =>
        model
          .find({ _id: trusted({ $in: known }) })
          .lean<UserDocument[]>()
          .exec(),
      );
      return found.map(toAccount);
    },

    findByUsername: async (username) => (isAccountName(username) ? findOne({ username }) : null),

    async findByLogin(login) {
      if (!isAccountName(login)) return null;
      const [named, mailed] = await Promise.all([
        findOne({ username: login }),
        findOne({ email_key: toEmailKey(login) }),
      ]);
      return named ?? mailed;
    },

    async list({ after, limit }) {
      const page = after === undefined ? model.find() : model.find({ username: trusted({ $gt: after }) });
      const found = await askStore(mongo, () =>
        page.sort({ username: 1 }).limit(limit).lean<UserDocument[]>().exec(),
      );
      return found.map(toAccount);
    },

    setDisabled: (username, disabled) => change(username, { disabled }),

    setRoles: (username, roles) => change(username, { roles: [...roles] }),

    ping: () => askStore(mongo, () => mongo.ping()),
  };
}

/**
 * Brings the collection up to date: the unique indexes, and the e-mails in lower case of documents that others wrote.
 * Repeating it, also at the same time, changes nothing.
 *
 * @throws {AccountStoreUnavailableError}
 */
export async function prepareMongoAccounts(mongo: Mongo): Promise<void> {
  const model = modelOf(mongo);
  await askStore(mongo, async () => {
    const incomplete = await model.find({ email_key: trusted({ $exists: false }) }, { email: 1 }).lean();
    for (const { _id, email } of incomplete) {
      await model.updateOne({ _id }, { $set: { email_key: toEmailKey(email) } }, { timestamps: false });
    }
    await model.collection.createIndex({ username: 1 }, { unique: true });
    await model.collection.createIndex({ email_key: 1 }, { unique: true });
  });
}

function throwIfTaken(error: unknown): never {
  throw isDuplicateKey(error) ? accountExists(error) : error;
}

function modelOf({ connection }: Mongo): Model<UserDocument> {
  return connection.models.User ?? connection.model<UserDocument>('User', users);
}

async function askStore<Result>(mongo: Mongo, work: () => Promise<Result>): Promise<Result> {
  try {
    return await mongo.endSilence(work);
  } catch (error) {
    if (!isMongoUnavailable(error)) throw error;
    throw new AccountStoreUnavailableError('The accounts are not available.', { cause: error });
  }
}

function toAccount(document: UserDocument): Account {
  return {
    id: document._id.toHexString(),
    username: document.username,
    email: document.email,
    fullName: document.full_name ?? null,
    hashedPassword: document.hashed_password,
    disabled: document.disabled ?? false,
    roles: document.roles?.filter(isRole) ?? DEFAULT_ROLES,
    createdAt: document.created_at,
    updatedAt: document.updated_at,
  };
}
