/**
 * Who is calling, when proxies stand between. X-Forwarded-For is believed only as far as trusted proxies wrote it, read
 * from the right: everything further left was written by strangers. Refuses to believe anything by default.
 */
import { BlockList, isIP } from 'node:net';

/** A trusted proxy's addresses; the shape of HEADRACE_TRUST_PROXY once parsed. */
export interface ProxyRange {
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly prefixLength: number;
}

/**
 * @returns a function of the connection's address and the X-Forwarded-For header that gives the caller's address
 */
export function createRemoteAddress(
  trusted: readonly ProxyRange[],
): (peer: string | undefined, forwardedFor: string | undefined) => string {
  const list = new BlockList();
  for (const { address, prefixLength, family } of trusted) {
    list.addSubnet(address, prefixLength, family);
  }
  const isTrusted = (address: string): boolean => {
    const version = isIP(address);
    return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6');
  };
  return (peer, forwardedFor) => {
    let address = withoutMapping(peer ?? '');
    if (forwardedFor === undefined || trusted.length === 0) {
      return address;
    }
    const hops = forwardedFor.split(',');
    for (let at = hops.length - 1; at >= 0 && isTrusted(address); at -= 1) {
      const hop = withoutPort(hops[at]?.trim() ?? '');
      if (isIP(hop) === 0) {
        break;
      }
      address = withoutMapping(hop);
    }
    return address;
  };
}

const withoutMapping = (address: string): string =>
  address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;

/** Some proxies write `1.2.3.4:567` and `[::1]:567`. */
const withoutPort = (hop: string): string =>
  /^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(hop)?.[1] ?? hop;
