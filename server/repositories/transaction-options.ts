/**
 * How long an interactive transaction may wait for a connection and may take. Prisma's own two and five seconds are
 * shorter than the validation of the largest flow under its lock on a busy machine; the pool's statement timeout ends
 * what is truly stuck.
 */
export const transactionOptions = { maxWait: 10_000, timeout: 30_000 } as const;
