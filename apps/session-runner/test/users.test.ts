// Contracts, section 3.1: registration, login, and who one is.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeOnStores, PASSWORD, type Service, startService } from './service.ts';

const missing = (field: string) => ({ type: 'missing', loc: ['body', field], msg: 'Field required' });
const notText = (field: string, input: unknown) => ({
  type: 'string_type',
  loc: ['body', field],
  msg: 'Input should be a valid string',
  input,
});
const blank = (field: string, input: string) => ({
  type: 'string_too_short',
  loc: ['body', field],
  msg: 'String should have at least 1 character',
  input,
});

describeOnStores('accounts', (store) => {
  let service: Service;
  beforeAll(async () => {
    service = await startService({}, store);
  });
  afterAll(() => service.close());

  describe('POST /auth/register', () => {
    test('answers 200 with the new user, as documented', async () => {
      const body = {
        username: 'testuser',
        email: 'test@example.com',
        password: 'securepassword123',
        full_name: 'Test User',
      };
      const answer = await service.post('/auth/register', body);
      expect([answer.status, answer.json]).toEqual([
        200,
        { username: 'testuser', email: 'test@example.com', full_name: 'Test User', disabled: false },
      ]);
    });

    test.each([{}, { full_name: null }])('takes %j: a full name is optional', async (fields) => {
      const answer = await service.register(`nameless${Object.keys(fields).length}`, fields);
      expect([answer.status, answer.json.full_name]).toEqual([200, null]);
    });

    test('S17 lets exactly one of 50 equal registrations succeed', async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, () => service.register('race')));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(49).fill(400)]);
      const refused = answers.find(({ status }) => status === 400);
      expect(refused?.json).toEqual({ detail: 'Username or email already exists' });
    });

    test.each([
      ['username', { username: 'taken', email: 'other@example.com' }],
      ['e-mail', { username: 'other', email: 'taken@example.com' }],
      ['e-mail in another case', { username: 'other', email: 'Taken@EXAMPLE.com' }],
    ])('refuses a taken %s with 400', async (_, fields) => {
      await service.register('taken');
      const answer = await service.post('/auth/register', { ...fields, password: 'x' });
      expect([answer.status, answer.json]).toEqual([400, { detail: 'Username or email already exists' }]);
    });

    test('S16 keeps a hash of kind $2b$, which no answer and no log line holds', async () => {
      const answer = await service.register('hashed');
      expect(Object.keys(answer.json)).toEqual(['username', 'email', 'full_name', 'disabled']);
      const account = await service.accounts.findByUsername('hashed');
      expect(account?.hashedPassword).toMatch(/^\$2b\$/);
      expect(service.lines.join('')).not.toContain('$2b$');
    });

    test('S22 ignores fields that are not for clients', async () => {
      const fields = { id: 'x', disabled: true, roles: ['admin'], role: 'admin', hashed_password: 'x' };
      expect((await service.register('extra', fields)).json.disabled).toBe(false);
      expect(await service.accounts.findByUsername('extra')).toMatchObject({
        roles: ['user', 'subscriber'],
        disabled: false,
      });
      expect(await service.login('extra')).toBeTypeOf('string');
    });

    test('S26 keeps quotes and SQL in every text, and gives them back verbatim', async () => {
      const odd = `  Robert'); DROP TABLE users;-- "$where" {"$ne":null} ü 😀  `;
      const body = { username: odd, email: `'"${'$'}@x'--`, password: PASSWORD, full_name: odd };
      const { password: _, ...shown } = body;
      const answer = await service.post('/auth/register', body);
      expect([answer.status, answer.json]).toEqual([200, { ...shown, disabled: false }]);
      const me = await service.read('/auth/me', await service.login(odd));
      expect(me.json).toEqual({ ...shown, disabled: false });
    });
  });

  describe('POST /auth/login', () => {
    test('answers a bearer token of 30 minutes with sub, exp, iat, iss and aud', async () => {
      await service.register('ada');
      const answer = await service.post('/auth/login', { username: 'ada', password: PASSWORD });
      expect([answer.status, Object.keys(answer.json)]).toEqual([200, ['access_token', 'token_type']]);
      expect(answer.json.token_type).toBe('bearer');
      const claims = JSON.parse(Buffer.from(answer.json.access_token.split('.')[1], 'base64url').toString());
      expect(Object.keys(claims).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'sub']);
      expect(claims).toMatchObject({ sub: 'ada', aud: 'session-runner', exp: claims.iat + 1800 });
    });

    test('S13 tells an unknown user and a wrong password apart by nothing', async () => {
      await service.register('bob');
      const unknown = await service.post('/auth/login', { username: 'nobody', password: 'x' });
      const wrong = await service.post('/auth/login', { username: 'bob', password: 'x' });
      for (const { status, json, headers } of [unknown, wrong]) {
        expect([status, json]).toEqual([401, { detail: 'Incorrect username or password' }]);
        expect(headers['www-authenticate']).toBe('Bearer');
      }
    });

    test('tells upper and lower case of a username apart', async () => {
      await service.register('carol');
      const answer = await service.post('/auth/login', { username: 'CAROL', password: PASSWORD });
      expect(answer.status).toBe(401);
    });

    test('S26 takes no operator for a name or a password', async () => {
      for (const value of [{ $ne: null }, { $gt: '' }, ['ada'], true, 7]) {
        const answer = await service.post('/auth/login', { username: value, password: value });
        expect(answer.status).toBe(422);
      }
      for (const username of ['{"$ne":null}', "' OR '1'='1", '']) {
        expect((await service.post('/auth/login', { username, password: 'x' })).status).toBe(401);
      }
    });
  });

  describe('GET /auth/me', () => {
    test('answers who the token is of, as documented', async () => {
      const token = await service.signUp('dora');
      const answer = await service.read('/auth/me', token);
      expect([answer.status, answer.json]).toEqual([
        200,
        { username: 'dora', email: 'dora@example.com', full_name: null, disabled: false },
      ]);
    });

    test('S10 refuses the token of a disabled account with 400 at once, and takes it again later', async () => {
      const token = await service.signUp('eve');
      await service.accounts.setDisabled('eve', true);
      const answer = await service.read('/auth/me', token);
      expect([answer.status, answer.json]).toEqual([400, { detail: 'Inactive user' }]);
      expect((await service.read('/automation/status', token)).status).toBe(400);
      expect(await service.login('eve')).toBeTypeOf('string');
      await service.accounts.setDisabled('eve', false);
      expect((await service.read('/auth/me', token)).status).toBe(200);
    });

    test('S10 refuses the token of a deleted account with 401 at once', async () => {
      const token = await service.signUp('gone');
      expect((await service.read('/auth/me', token)).status).toBe(200);
      await service.removeAccount('gone');
      const answer = await service.read('/auth/me', token);
      expect([answer.status, answer.json]).toEqual([401, { detail: 'Could not validate credentials' }]);
    });

    test('S06 never swaps the users of tokens that are used at the same time', async () => {
      const names = ['ann', 'ben'];
      const tokens = await Promise.all(names.map((name) => service.signUp(name)));
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, index) => service.read('/auth/me', tokens[index % 2] ?? '')),
      );
      expect(answers.map(({ json }) => json.username)).toEqual(answers.map((_, index) => names[index % 2]));
    });
  });
});

describe('what is wrong with a registration or a login', () => {
  let service: Service;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.close());

  test.each([
    [{}, [missing('username'), missing('email'), missing('password')]],
    [
      { username: null, email: 5, password: null, full_name: ['x'] },
      [
        notText('username', null),
        notText('email', 5),
        { type: 'string_type', loc: ['body', 'password'], msg: 'Input should be a valid string' },
        notText('full_name', ['x']),
      ],
    ],
    [
      { username: '  ', email: '', password: ' ' },
      [
        blank('username', '  '),
        blank('email', ''),
        {
          type: 'string_too_short',
          loc: ['body', 'password'],
          msg: 'String should have at least 1 character',
        },
      ],
    ],
    [{ username: 'x', email: 'x@y', password: { a: 1 } }, [{ ...notText('password', 0), input: undefined }]],
  ])('is told at once for each field of %j', async (body, detail) => {
    const answer = await service.post('/auth/register', body);
    expect([answer.status, answer.json]).toEqual([422, JSON.parse(JSON.stringify({ detail }))]);
  });

  test.each(['x', '@', 'x@', '@y', 'a b@c', 'x@y@z', 'x@ y'])(
    'is told of the e-mail %j, which does not look like x@y',
    async (email) => {
      const answer = await service.post('/auth/register', { username: 'x', email, password: 'x' });
      expect([answer.status, answer.json.detail]).toEqual([
        422,
        [expect.objectContaining({ type: 'value_error', loc: ['body', 'email'], input: email })],
      ]);
    },
  );

  test.each([
    ['a username', { username: 'x'.repeat(256) }, 'username'],
    ['an e-mail', { email: `${'x'.repeat(256)}@y` }, 'email'],
    ['a full name', { full_name: 'x'.repeat(501) }, 'full_name'],
  ])('is told of %s that is too long', async (_, fields, field) => {
    const answer = await service.register('long', fields);
    expect([answer.status, answer.json.detail[0]]).toMatchObject([
      422,
      { type: 'string_too_long', loc: ['body', field] },
    ]);
  });

  test('S15 F73 is told of a password of more than 72 bytes, or with NUL: none is ever cut', async () => {
    for (const [index, password] of ['a'.repeat(73), '😀'.repeat(25), 'a\u0000b', '\u0000secret'].entries()) {
      const answer = await service.register(`refused${index}`, { password });
      expect([answer.status, answer.json.detail[0].loc]).toEqual([422, ['body', 'password']]);
      expect(answer.text).not.toContain(JSON.stringify(password));
    }
    expect((await service.register('kept', { password: 'x'.repeat(64) })).status).toBe(200);
    expect((await service.register('whole', { password: 'a'.repeat(72) })).status).toBe(200);
    const tries: [string, number][] = [
      ['a'.repeat(72), 200],
      [`${'a'.repeat(71)}b`, 401],
      [`${'a'.repeat(72)}2`, 401],
      ['', 401],
    ];
    for (const [password, status] of tries) {
      const answer = await service.post('/auth/login', { username: 'whole', password });
      expect([password, answer.status]).toEqual([password, status]);
    }
  });

  test('at login is told for each field, and blank is only wrong', async () => {
    const answer = await service.post('/auth/login', { password: 7 });
    expect([answer.status, answer.json]).toEqual([
      422,
      {
        detail: [
          missing('username'),
          { type: 'string_type', loc: ['body', 'password'], msg: 'Input should be a valid string' },
        ],
      },
    ]);
    expect((await service.post('/auth/login', { username: ' ', password: '' })).status).toBe(401);
  });

  test('S38 register, login and me are not stored by caches, right or wrong', async () => {
    const token = await service.signUp('fresh');
    const answers = [
      await service.register('fresh2'),
      await service.post('/auth/register', {}),
      await service.post('/auth/login', { username: 'fresh', password: PASSWORD }),
      await service.post('/auth/login', { username: 'fresh', password: 'wrong' }),
      await service.read('/auth/me', token),
      await service.get('/auth/me'),
    ];
    for (const { headers } of answers) expect(headers['cache-control']).toBe('no-store');
  });
});
