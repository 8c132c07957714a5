/**
 * Which addresses an outgoing connection may reach. Public means listed as global unicast; everything else (private,
 * loopback, link-local and so the metadata services, shared, multicast, reserved, transition forms that hide an IPv4
 * address) is refused unless the environment opened it. Refuses to guess: what does not parse is not public.
 */
import ipaddr from 'ipaddr.js';

/** A private host that the environment opened. The shape is that of `HEADRACE_ALLOWED_PRIVATE_HOSTS` once parsed. */
export type AllowedHost =
  | { readonly kind: 'host'; readonly host: string; readonly port: number | undefined }
  | {
      readonly kind: 'range';
      readonly range: { readonly family: 'ipv4' | 'ipv6'; readonly address: string; readonly prefixLength: number };
    };

export interface AddressGuard {
  /**
   * @param address an IP address, v6 without brackets
   * @param hostname as it stands in the URL, v6 without brackets
   */
  mayConnect(address: string, hostname: string, port: number): boolean;
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** The NAT64 prefix that DNS64 resolvers of IPv6-only networks put before public IPv4 addresses (RFC 6052). */
const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');
/** The only part of IPv6 that is assigned as global unicast (RFC 4291 §2.4, IANA registry). */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

export function createAddressGuard(allowed: readonly AllowedHost[]): AddressGuard {
  const rules = allowed.map(compileRule);
  return {
    mayConnect(text, hostname, port) {
      const address = parseAddress(text);
      if (address === undefined) {
        return false;
      }
      return isPublic(address) || rules.some((rule) => rule(address, normalHost(hostname), port));
    },
  };
}

/** Whether an address can be reached by anybody on the Internet; false for what is not an address. */
export function isPublicAddress(text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && isPublic(address);
}

/** IPv4 addresses inside IPv6 (mapped and NAT64) are judged as the IPv4 address that packets will reach. */
function parseAddress(text: string): Address | undefined {
  // The parser reads the deprecated `::1.2.3.4` as if it were mapped.
  if (!ipaddr.isValid(text) || text.includes('%') || /^::\d+\./.test(text)) {
    return undefined;
  }
  const address = ipaddr.process(text);
  if (address instanceof ipaddr.IPv6 && address.match(nat64)) {
    return new ipaddr.IPv4(address.toByteArray().slice(12));
  }
  return address;
}

function isPublic(address: Address): boolean {
  const isOrdinary = address.range() === 'unicast';
  return address instanceof ipaddr.IPv4 ? isOrdinary : isOrdinary && address.match(globalUnicast);
}

type Rule = (address: Address, hostname: string, port: number) => boolean;

function compileRule(entry: AllowedHost): Rule {
  if (entry.kind === 'range') {
    const base = parseAddress(entry.range.address);
    // A range written over mapped addresses is the IPv4 range inside it.
    const isMapped = entry.range.family === 'ipv6' && base instanceof ipaddr.IPv4;
    const prefixLength = Math.max(0, entry.range.prefixLength - (isMapped ? 96 : 0));
    return (address) => base !== undefined && base.kind() === address.kind() && address.match(base, prefixLength);
  }
  const host = normalHost(entry.host);
  const literal = parseAddress(host)?.toString();
  return (address, hostname, port) =>
    (entry.port === undefined || entry.port === port) &&
    (literal === undefined ? host === hostname : literal === address.toString());
}

const normalHost = (host: string): string =>
  host
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\[|\]$/g, '');
