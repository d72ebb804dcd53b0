/** The secret that signs tokens in tests; SECRET_KEY overrides it. */
export const TEST_SECRET = process.env.SECRET_KEY ?? 'a-secret-of-the-tests-0123456789abcdef';
