// Run by failures.test.ts with few open files allowed: more users than files, each with one request.
import { createTarget, type Exchange, HttpConnection, renderRequest } from '../../src/http/index.ts';

const USERS = 100;
const target = createTarget(process.argv[2] ?? '');
const request = renderRequest({ target });
const codes = new Set<string>();
let succeeded = 0;
let open = USERS;

const listener = {
  onExchange(exchange: Exchange) {
    if (exchange.status === 200) succeeded++;
    else codes.add(exchange.errorCode);
    open--;
    if (open > 0) return;
    console.log(JSON.stringify({ succeeded, codes: [...codes] }));
    for (const connection of connections) connection.close();
  },
};
const connections = Array.from({ length: USERS }, () => new HttpConnection(target, listener));
for (const connection of connections) connection.send(request, 0);
