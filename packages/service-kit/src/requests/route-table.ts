/** Which methods an address takes: Fastify tells that of a template, but not of a URL. */
import type { FastifyInstance } from 'fastify';
import findMyWay, { type HTTPMethod } from 'find-my-way';

export const MAX_PARAMETER_LENGTH = 500;

export class RouteTable {
  /** A second router, with the rules of the first: strict about case and slashes. */
  readonly #router = findMyWay({ maxParamLength: MAX_PARAMETER_LENGTH });
  readonly #methods = new Set<HTTPMethod>();

  /** Must run before the routes are added. */
  watch(app: FastifyInstance): void {
    app.addHook('onRoute', (route) => {
      for (const method of [route.method].flat() as HTTPMethod[]) {
        this.#methods.add(method);
        if (!this.#router.hasRoute(method, route.url)) this.#router.on(method, route.url, () => {});
      }
    });
  }

  /** The methods of a request target, sorted, with OPTIONS; empty when nothing is there. */
  findMethods(target: string): string[] {
    const path = target.split(/[?#]/, 1)[0] ?? '';
    const found = [...this.#methods].filter((method) => this.#takes(method, path));
    return found.length === 0 ? [] : withOptions(found);
  }

  /** Every method that any address takes, for `OPTIONS *`. */
  get allMethods(): string[] {
    return withOptions([...this.#methods]);
  }

  #takes(method: HTTPMethod, path: string): boolean {
    const route = this.#router.find(method, path);
    return route !== null && !hasEmptyParameter(route.params);
  }
}

/** find-my-way lets `/books/` match `/books/:id` with an empty id; only a wildcard may be empty. */
export function hasEmptyParameter(parameters: Readonly<Record<string, string | undefined>>): boolean {
  for (const name in parameters) {
    if (parameters[name] === '' && name !== '*') return true;
  }
  return false;
}

function withOptions(methods: readonly string[]): string[] {
  return [...new Set([...methods, 'OPTIONS'])].sort();
}
