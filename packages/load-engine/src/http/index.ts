export {
  type ClientFailureCode,
  type ClientRequest,
  createHttpClient,
  type HttpClient,
  type HttpClientOptions,
  type Measured,
} from './client.ts';
export { type ExchangeListener, HttpConnection } from './connection.ts';
export { type Connection, type ConnectionOptions, loadConnection } from './connection-options.ts';
export { ConnectionPool, type Sender } from './connection-pool.ts';
export type { Exchange } from './exchange.ts';
export type { FailureCode } from './failures.ts';
export { readHeader } from './header-text.ts';
export { encodeMultipart, type FormFields, type FormFile, type FormValue } from './multipart.ts';
export { type RenderedRequest, type RequestOptions, renderRequest } from './request.ts';
export { KEEP_BODY, KEEP_HEADERS, KEEP_NOTHING } from './response-parser.ts';
export { createTarget, type HttpTarget, openTarget, type Reach, type TargetOptions } from './target.ts';
