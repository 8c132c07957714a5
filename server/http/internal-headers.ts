/**
 * Headers by which the one Node server tells Next what Next cannot know. It sets them on every request it hands over,
 * replacing whatever a caller sent under these names: otherwise a caller could choose their own address.
 */

/** Who is calling, after trusted proxies: the address that sign-in attempts are counted by. */
export const clientAddressHeader = 'x-headrace-client-address';

/** Path and query as asked for, so that a page can be returned to after sign-in. */
export const requestPathHeader = 'x-headrace-path';
