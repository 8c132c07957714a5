import { describe, expect, test } from 'vitest';
import { createAddressGuard, isPublicAddress } from '@/server/adapters/http-client/address-guard';

describe('what counts as public', () => {
  test.each(['8.8.8.8', '1.1.1.1', '93.184.216.34', '2606:4700:4700::1111', '2a00:1450:4001::200e'])(
    '%s is public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  test.each([
    ['::ffff:8.8.8.8', 'mapped: packets go to a public IPv4 address'],
    ['64:ff9b::8.8.8.8', 'NAT64: packets go to a public IPv4 address'],
  ])('%s is public (%s)', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  test.each([
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'this network'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['169.254.169.254', 'metadata'],
    ['100.64.0.1', 'carrier-grade NAT'],
    ['100.100.100.200', 'metadata inside carrier-grade NAT'],
    ['192.0.0.192', 'metadata inside IETF assignments'],
    ['192.0.2.1', 'documentation'],
    ['192.88.99.1', '6to4 relay'],
    ['198.18.0.1', 'benchmarking'],
    ['203.0.113.9', 'documentation'],
    ['224.0.0.1', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    ['2130706433', 'loopback as one number'],
    ['0x7f.1', 'loopback in hex'],
    ['0177.0.0.1', 'loopback in octal'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'with a zone'],
    ['fc00::1', 'unique local'],
    ['fd00:ec2::254', 'metadata'],
    ['fec0::1', 'site-local'],
    ['ff02::1', 'multicast'],
    ['::ffff:127.0.0.1', 'mapped loopback'],
    ['::ffff:7f00:1', 'mapped loopback in hex'],
    ['::ffff:a9fe:a9fe', 'mapped metadata'],
    ['::127.0.0.1', 'IPv4-compatible loopback'],
    ['::8.8.8.8', 'IPv4-compatible, deprecated'],
    ['::808:808', 'IPv4-compatible in hex'],
    ['::ffff:0:127.0.0.1', 'translated'],
    ['64:ff9b::10.0.0.1', 'NAT64 of a private address'],
    ['64:ff9b::7f00:1', 'NAT64 of loopback'],
    ['64:ff9b:1::10.0.0.1', 'local-use NAT64'],
    ['2002:7f00:1::', '6to4 of loopback'],
    ['2002:0808:0808::1', '6to4'],
    ['2001:0:4136:e378:8000:63bf:3fff:fdd2', 'Teredo'],
    ['2001:db8::1', 'documentation'],
    ['100::1', 'discard'],
    ['5f00::1', 'segment routing'],
    ['', 'nothing'],
    ['example.com', 'a name'],
  ])('%s is not public (%s)', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('what the environment opens', () => {
  test('nothing is open by default', () => {
    expect(createAddressGuard([]).mayConnect('127.0.0.1', 'localhost', 80)).toBe(false);
  });

  test('a host with a port opens that port of that name only', () => {
    const guard = createAddressGuard([{ kind: 'host', host: 'Localhost', port: 8080 }]);
    expect(guard.mayConnect('127.0.0.1', 'localhost', 8080)).toBe(true);
    expect(guard.mayConnect('127.0.0.1', 'localhost.', 8080)).toBe(true);
    expect(guard.mayConnect('127.0.0.1', 'localhost', 8081)).toBe(false);
    expect(guard.mayConnect('127.0.0.1', 'other.test', 8080)).toBe(false);
  });

  test('a host without a port opens every port', () => {
    const guard = createAddressGuard([{ kind: 'host', host: 'erp.internal', port: undefined }]);
    expect(guard.mayConnect('10.1.2.3', 'erp.internal', 443)).toBe(true);
  });

  test('an address opens itself under any name, in any spelling', () => {
    const guard = createAddressGuard([
      { kind: 'host', host: '127.0.0.1', port: 9000 },
      { kind: 'host', host: '::1', port: undefined },
    ]);
    expect(guard.mayConnect('127.0.0.1', 'localhost', 9000)).toBe(true);
    expect(guard.mayConnect('::ffff:127.0.0.1', 'localhost', 9000)).toBe(true);
    expect(guard.mayConnect('0:0:0:0:0:0:0:1', '0:0:0:0:0:0:0:1', 1)).toBe(true);
    expect(guard.mayConnect('127.0.0.2', 'localhost', 9000)).toBe(false);
  });

  test('a range opens its addresses and no others', () => {
    const guard = createAddressGuard([
      { kind: 'range', range: { family: 'ipv4', address: '10.1.0.0', prefixLength: 16 } },
      { kind: 'range', range: { family: 'ipv6', address: 'fd00::', prefixLength: 8 } },
      { kind: 'range', range: { family: 'ipv6', address: '::ffff:192.168.0.0', prefixLength: 112 } },
    ]);
    expect(guard.mayConnect('10.1.255.1', 'a', 80)).toBe(true);
    expect(guard.mayConnect('::ffff:10.1.0.9', 'a', 80)).toBe(true);
    expect(guard.mayConnect('fd12::1', 'a', 80)).toBe(true);
    expect(guard.mayConnect('192.168.7.7', 'a', 80)).toBe(true);
    expect(guard.mayConnect('10.2.0.1', 'a', 80)).toBe(false);
    expect(guard.mayConnect('172.16.0.1', 'a', 80)).toBe(false);
    expect(guard.mayConnect('fe80::1', 'a', 80)).toBe(false);
  });
});
