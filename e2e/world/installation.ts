/**
 * Who the stories are about: the owner of the installation, and the key with which a story arranges what it needs.
 * Refuses to know where the installation comes from; the global setup says that in the environment.
 */

export const owner = {
  name: 'Ines Marek',
  email: 'ines.marek@example.com',
  password: 'water-over-the-wheel',
} as const;

/** Given to the installation as HEADRACE_API_KEY. It guards nothing but an empty data directory. */
export const apiKey = 'headrace-end-to-end-stories';

/** Origin without a trailing slash. @throws Error outside a run of the stories */
export function origin(): string {
  const url = process.env.E2E_BASE_URL;
  if (url === undefined) throw new Error('E2E_BASE_URL is set by the global setup.');
  return url;
}
