/**
 * Masking by value: wherever a secret, or a form it commonly takes on its way, turns up in text or JSON, `•••` stands in
 * its place. It exists because systems echo what they were sent. Refuses to mask secrets under six characters: they
 * would blank out ordinary words and so point at themselves.
 */
import type { JsonValue } from '@/core/json';

export const maskText = '•••';

/** Shorter values occur by chance in ordinary text. */
const minLength = 6;

export interface Mask {
  text(value: string): string;
  /** Masks strings, numbers that spell a secret, and keys. Returns the same object when nothing matched. */
  json(value: JsonValue): JsonValue;
}

/**
 * Every form in which the secrets are looked for: as they are, without a leading scheme (`Bearer `), escaped for JSON,
 * percent-encoded, as form data, in base64 (both alphabets, padded or not) and in hex.
 * @returns distinct, longest first, so that a form is never cut by a shorter one inside it
 */
export function maskForms(secrets: Iterable<string>): string[] {
  const forms = new Set<string>();
  for (const secret of secrets) {
    addForms(forms, secret);
    const bare = /^\S+\s+(\S.*)$/s.exec(secret)?.[1];
    if (bare !== undefined) {
      addForms(forms, bare);
    }
  }
  return [...forms].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
}

/** @param forms of {@link maskForms}, possibly of several calls */
export function createMask(forms: readonly string[]): Mask {
  const wanted = [...new Set(forms)].filter((form) => form.length >= minLength).sort((a, b) => b.length - a.length);
  if (wanted.length === 0) {
    return { text: (value) => value, json: (value) => value };
  }
  const pattern = new RegExp(wanted.map(escapeForPattern).join('|'), 'g');
  const text = (value: string): string => value.replace(pattern, maskText);
  return { text, json: (value) => maskJson(value, text) };
}

function addForms(forms: Set<string>, secret: string): void {
  if (secret.length < minLength) {
    return;
  }
  const escaped = JSON.stringify(secret).slice(1, -1);
  const percent = encodeURIComponent(secret.replace(/\p{Surrogate}/gu, '\ufffd'));
  const form = percent.replaceAll('%20', '+');
  const bytes = new TextEncoder().encode(secret);
  const base64 = toBase64(bytes);
  const base64Url = base64.replaceAll('+', '-').replaceAll('/', '_');
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  for (const one of [secret, escaped, escaped.replaceAll('/', '\\/'), percent, form, base64, base64Url, hex]) {
    forms.add(one);
  }
  for (const one of [percent, form]) {
    forms.add(one.replace(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase()));
  }
  forms.add(base64.replace(/=+$/, ''));
  forms.add(base64Url.replace(/=+$/, ''));
  forms.add(hex.toUpperCase());
}

const toBase64 = (bytes: Uint8Array): string => {
  let binary = '';
  for (const byte of bytes) {
    binary += String.fromCharCode(byte);
  }
  return btoa(binary);
};

const escapeForPattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

function maskJson(value: JsonValue, text: (value: string) => string): JsonValue {
  if (typeof value === 'string') {
    return text(value);
  }
  if (typeof value === 'number') {
    const masked = text(String(value));
    return masked === String(value) ? value : masked;
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => maskJson(item, text));
    return items.some((item, at) => item !== value[at]) ? items : value;
  }
  let isChanged = false;
  const members = Object.entries(value).map(([key, member]): [string, JsonValue] => {
    const masked: [string, JsonValue] = [text(key), maskJson(member, text)];
    isChanged ||= masked[0] !== key || masked[1] !== member;
    return masked;
  });
  return isChanged ? Object.fromEntries(members) : value;
}
