// Short ways to ask an app, without a socket.

/** As much of a Fastify app as asking takes. */
export interface Injectable {
  inject(request: Request): Promise<{
    readonly statusCode: number;
    readonly headers: Answer['headers'];
    readonly payload: string;
  }>;
}

export interface Request {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  readonly url: string;
  readonly headers?: Record<string, string>;
  readonly payload?: string | object | Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | number | undefined>;
  readonly text: string;
  /** The body as JSON; asking for it when there is none is a failure of the test. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly json: any;
}

export type Asker = ReturnType<typeof createAsker>;

export function createAsker(app: Injectable) {
  async function ask(request: Request): Promise<Answer> {
    const { statusCode, headers, payload } = await app.inject(request);
    return {
      status: statusCode,
      headers,
      text: payload,
      get json() {
        return JSON.parse(payload);
      },
    };
  }

  const bearer = (token?: string): Record<string, string> =>
    token ? { authorization: `Bearer ${token}` } : {};
  const withBody =
    (method: 'POST' | 'PUT') =>
    (url: string, payload?: unknown, token?: string): Promise<Answer> =>
      ask({
        method,
        url,
        headers: bearer(token),
        ...(payload !== undefined && { payload: payload as object }),
      });

  return {
    ask,
    get: (url: string, headers: Record<string, string> = {}) => ask({ method: 'GET', url, headers }),
    /** GET with a token. */
    read: (url: string, token: string) => ask({ method: 'GET', url, headers: bearer(token) }),
    post: withBody('POST'),
    put: withBody('PUT'),
    remove: (url: string, token?: string) => ask({ method: 'DELETE', url, headers: bearer(token) }),
  };
}
