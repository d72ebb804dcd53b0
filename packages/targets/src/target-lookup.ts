/** Looks each listed name up once, checks every address of the answer, and gives only these out from then on. */
import { type LookupAddress, lookup as lookupBySystem } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { AllowList } from './allow-list.ts';
import { BlockedTargetError } from './blocked-target-error.ts';
import { checkAddresses } from './check-addresses.ts';

/** The shape of `dns.lookup` that gives all addresses of a name. */
export type Lookup = (
  hostname: string,
  options: { readonly all: true },
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * A `lookup` for sockets. It holds its answers for as long as it lives (DNS rebinding): make a new one per journey or
 * run. It fails with a `BlockedTargetError` for names that are not listed and for addresses that a name may not have.
 * Literal addresses never reach a look-up; whoever connects must check them, as `createTargetDispatcher` does.
 */
export function createTargetLookup(allowList: AllowList, lookup: Lookup = lookupBySystem): LookupFunction {
  const answers = new Map<string, Promise<readonly LookupAddress[]>>();

  const resolve = (name: string) => {
    const known = answers.get(name);
    if (known !== undefined) return known;
    const answer = lookUp(name, allowList, lookup);
    answers.set(name, answer);
    // A resolver that was away is asked again; an answer, also a refused one, stays.
    answer.catch((error: unknown) => {
      if (!(error instanceof BlockedTargetError)) answers.delete(name);
    });
    return answer;
  };

  return (name, options, callback) => {
    resolve(name).then(
      (addresses) => {
        const fitting = addresses.filter(
          ({ family }) => !options.family || family === toFamily(options.family),
        );
        const [first] = fitting;
        if (first === undefined) callback(toNotFound(name), '', 0);
        else if (options.all === true) callback(null, [...fitting]);
        else callback(null, first.address, first.family);
      },
      (error: Error) => callback(error, '', 0),
    );
  };
}

async function lookUp(name: string, allowList: AllowList, lookup: Lookup): Promise<readonly LookupAddress[]> {
  if (!allowList.hosts.has(name)) throw new BlockedTargetError(`${name} is not on TARGET_ALLOWLIST.`);
  const { promise, resolve, reject } = Promise.withResolvers<LookupAddress[]>();
  lookup(name, { all: true }, (error, addresses) => (error === null ? resolve(addresses) : reject(error)));
  const addresses = await promise;
  checkAddresses(
    name,
    addresses.map(({ address }) => address),
    allowList.hosts,
  );
  return addresses;
}

function toFamily(family: number | 'IPv4' | 'IPv6'): number {
  if (typeof family === 'number') return family;
  return family === 'IPv4' ? 4 : 6;
}

function toNotFound(name: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${name} has no address of this family.`), { code: 'ENOTFOUND' });
}
