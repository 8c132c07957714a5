/**
 * Headers of every page: a content security policy with a nonce per request, and the usual refusals. The API and hooks
 * answer with their own. Refuses inline scripts without the nonce, framing, and any origin but ours.
 */
import { randomBytes } from 'node:crypto';

/** Next reads the nonce for its own inline scripts from the policy in the request's headers. */
export const policyHeader = 'content-security-policy';
/** Pages read it here for their own inline script. */
export const nonceHeader = 'x-nonce';

export interface PageSecurity {
  readonly nonce: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** @param isSecure whether people reach us over https: then browsers are told to stay there */
export function pageSecurity(isSecure: boolean, isDevelopment: boolean): PageSecurity {
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    "default-src 'self'",
    // 'strict-dynamic' lets Next's own chunks be loaded by the script that carries the nonce.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    // React Flow and floating menus position elements through style attributes.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
  return {
    nonce,
    headers: {
      [policyHeader]: policy,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=()',
      'cross-origin-opener-policy': 'same-origin',
      ...(isSecure ? { 'strict-transport-security': 'max-age=31536000' } : {}),
    },
  };
}
