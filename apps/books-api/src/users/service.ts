// Registration and login.
import type { LoginLimiter, Passwords, Tokens } from '@trafficflux/auth';
import { AppError } from '@trafficflux/service-kit';
import type { Credentials } from './fields.ts';
import type { UserRepository } from './repository.ts';

export interface UserService {
  /** Returns the id of the new user. */
  register(credentials: Credentials): Promise<number>;
  /** Returns a token. */
  login(credentials: Credentials, address: string): Promise<string>;
}

export interface UserServiceOptions {
  readonly users: UserRepository;
  readonly passwords: Passwords;
  readonly limiter: LoginLimiter;
  readonly tokens: Tokens;
}

export function createUserService({ users, passwords, limiter, tokens }: UserServiceOptions): UserService {
  return {
    async register({ username, password }) {
      // A look before the costly hash; the database decides between those who ask at the same time.
      if (await users.findByName(username)) throw usernameTaken();
      const id = await users.create(username, await passwords.hash(password));
      if (id === null) throw usernameTaken();
      return id;
    },

    login: ({ username, password }, address) =>
      limiter.attempt({ account: username, address }, async () => {
        const user = await users.findByName(username);
        if (!user) throw new AppError('not-found', 'Username does not exists', { code: 'UNKNOWN_USERNAME' });
        if (!(await passwords.verify(password, user.hashedPassword))) {
          throw new AppError('unauthorized', 'Password is not correct', { code: 'WRONG_PASSWORD' });
        }
        return tokens.issue({ user_id: user.id });
      }),
  };
}

function usernameTaken(): AppError {
  return new AppError('conflict', 'Username already exists', { code: 'USERNAME_TAKEN' });
}
