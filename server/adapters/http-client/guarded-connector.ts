/**
 * Opens the connections of the HTTP client. Every address that a name resolves to is checked, and the socket connects to
 * one of exactly those: there is no second look-up that could answer differently (DNS rebinding). It sits in the
 * connector, below redirects and pools, so that no request can go round it. Refuses a name as soon as one of its
 * addresses is refused.
 */
import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { HeadraceError } from '@/core/errors';
import type { AddressGuard } from '@/server/adapters/http-client/address-guard';

/** Resolves a name to all its addresses; a test may hand in its own. */
export type ResolveAll = (
  hostname: string,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Long enough for a slow TLS handshake across the world, short enough to leave time for another attempt. */
const connectTimeoutMs = 10_000;

/** A connector per port keeps its own TLS sessions; who calls more ports than this only loses resumption. */
const maxConnectors = 64;

export const resolveBySystem: ResolveAll = (hostname, callback) => systemLookup(hostname, { all: true }, callback);

/** @returns what undici calls for each new connection */
export function createGuardedConnector(
  guard: AddressGuard,
  resolve: ResolveAll,
  onBlocked: (facts: { hostname: string; port: number; address: string }) => void,
): buildConnector.connector {
  const refusal = (hostname: string, port: number, address: string): HeadraceError => {
    onBlocked({ hostname, port, address });
    return new HeadraceError(
      'http.blockedAddress',
      `${hostname}:${port} leads to a private or reserved address. To allow it, name it in HEADRACE_ALLOWED_PRIVATE_HOSTS.`,
    );
  };
  const checkedLookup =
    (port: number): LookupFunction =>
    (hostname, options, callback) => {
      resolve(hostname, (error, addresses) => {
        const first = addresses?.[0];
        if (error !== null || first === undefined) {
          callback(error ?? notFound(hostname), []);
          return;
        }
        const blocked = addresses.find(({ address }) => !guard.mayConnect(address, hostname, port));
        if (blocked !== undefined) {
          callback(refusal(hostname, port, blocked.address), []);
        } else if (options.all) {
          callback(null, addresses);
        } else {
          callback(null, first.address, first.family);
        }
      });
    };
  const connectors = new Map<number, buildConnector.connector>();
  const connectorFor = (port: number): buildConnector.connector => {
    const known = connectors.get(port);
    if (known !== undefined) {
      return known;
    }
    if (connectors.size >= maxConnectors) {
      connectors.clear();
    }
    const made = buildConnector({ timeout: connectTimeoutMs, lookup: checkedLookup(port), port });
    connectors.set(port, made);
    return made;
  };

  return (options, callback) => {
    const port = options.port === '' ? defaultPort(options.protocol) : Number(options.port);
    // An address as host is never looked up, so it is checked here.
    if (isIP(options.hostname) !== 0 && !guard.mayConnect(options.hostname, options.hostname, port)) {
      callback(refusal(options.hostname, port, options.hostname), null);
      return;
    }
    connectorFor(port)(options, callback);
  };
}

export const defaultPort = (protocol: string): number => (protocol === 'https:' ? 443 : 80);

const notFound = (hostname: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' });
