/** Whether the addresses that a listed name resolves to are ones that it may have. */
import ipaddr from 'ipaddr.js';
import { BlockedTargetError } from './blocked-target-error.ts';

/** What any listed name may resolve to; everything else must stand on the list itself. */
const ORDINARY_RANGES: ReadonlySet<string> = new Set([
  'unicast',
  'private',
  'uniqueLocal',
  'carrierGradeNat',
  'reserved',
]);

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * The rules, for every address of the answer:
 * - `localhost` and names below it are loopback and nothing else;
 * - any other name may be public or private. Loopback, link-local (where clouds keep their secrets) and other special
 *   addresses must be listed themselves: else whoever runs the name's DNS could aim at this machine;
 * - loopback beside anything else is an answer that somebody prepared.
 *
 * @throws {BlockedTargetError} the answer is empty, or one address in it is not allowed
 */
export function checkAddresses(name: string, addresses: readonly string[], hosts: ReadonlySet<string>): void {
  if (addresses.length === 0) throw new BlockedTargetError(`${name} resolves to no address.`);
  const parsed = addresses.map((address) => ipaddr.process(address));
  const loopbacks = parsed.filter((address) => address.range() === 'loopback').length;
  if (isLocalhost(name)) {
    if (loopbacks < parsed.length) throw new BlockedTargetError(`${name} resolves to another machine.`);
    return;
  }
  for (const address of parsed) checkAddress(name, address, hosts);
  if (loopbacks > 0 && loopbacks < parsed.length)
    throw new BlockedTargetError(`${name} resolves to this machine and to another one.`);
}

function checkAddress(name: string, address: Address, hosts: ReadonlySet<string>): void {
  if (isOrdinary(address) || hosts.has(address.toString())) return;
  throw new BlockedTargetError(
    `${name} resolves to ${address.toString()}, which must be on TARGET_ALLOWLIST itself.`,
  );
}

function isOrdinary(address: Address): boolean {
  const range = address.range();
  if (address instanceof ipaddr.IPv4) return ORDINARY_RANGES.has(range);
  const bytes = address.toByteArray();
  // NAT64 (RFC 6052) hides an IPv4 address in its last four bytes.
  if (range === 'rfc6052') return isOrdinary(new ipaddr.IPv4(bytes.slice(12)));
  // `::127.0.0.1`, the deprecated way to write IPv4 within IPv6, counts as unicast in the library.
  return ORDINARY_RANGES.has(range) && bytes.slice(0, 12).some((byte) => byte !== 0);
}

function isLocalhost(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost');
}
