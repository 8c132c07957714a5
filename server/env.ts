/**
 * The configuration: every variable the product reads, what it may hold and what follows from it. This is the only
 * module that reads `process.env`; everything else is handed an {@link Env}. It refuses to start on a guess: all
 * faults are reported together, each with the variable's name, what is wrong and an example, and never with a secret.
 */
import { isIP, isIPv4 } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import { type Fault, HeadraceError } from '@/core/errors';

/** A range of addresses in canonical parts; a single address is a range with its full prefix. */
export interface AddressRange {
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly prefixLength: number;
}

/** One entry of HEADRACE_ALLOWED_PRIVATE_HOSTS. A `host` without a port means every port of it. */
export type AllowedPrivateHost =
  | { readonly kind: 'host'; readonly host: string; readonly port: number | undefined }
  | { readonly kind: 'range'; readonly range: AddressRange };

/** What `npm start` needs to know: the servers and the key may still be missing because it provides them. */
export interface StartEnv {
  readonly nodeEnv: 'development' | 'production' | 'test';
  readonly logLevel: LogLevel;
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly host: string;
  readonly port: number;
  /** Origin without a trailing slash: what hook addresses, cookies and CSRF checks use. */
  readonly publicUrl: string;
  /** True when the listener can be reached from this machine only. */
  readonly isLoopback: boolean;
  readonly trustProxy: readonly AddressRange[];
  /** Absolute path. */
  readonly dataDir: string;
  /** 32 bytes. */
  readonly encryptionKey: Buffer | undefined;
  readonly owner: { readonly email: string; readonly password: string } | undefined;
  readonly apiKey: string | undefined;
  readonly workers: number;
  readonly allowedPrivateHosts: readonly AllowedPrivateHost[];
  readonly setupToken: string | undefined;
  /** Crash points for tests of the fault model; unset in production. */
  readonly faultPoints: string | undefined;
  /** Things that look like mistakes but do not stop a start, one sentence each. */
  readonly warnings: readonly string[];
}

/** What a web, worker or migrate process needs: servers and key are known. */
export interface Env extends StartEnv {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly encryptionKey: Buffer;
}

export type EnvSource = Readonly<Record<string, string | undefined>>;

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** More processes than this on one machine only contend for the same database connections. */
const workersMax = 64;
/** Shorter passwords are refused by the sign-in library as well. */
const passwordLength = { min: 8, max: 128 };
const encryptionKeyBytes = 32;

const withProtocol = (protocols: readonly string[], what: string) =>
  z.string().refine((value) => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    return url !== undefined && protocols.includes(url.protocol) && url.hostname !== '';
  }, `must be ${what}`);

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .refine((value) => /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max, {
      message: `must be a whole number from ${min} to ${max}`,
    })
    .transform(Number);

const list = <T>(parseItem: (item: string) => T | undefined, what: string) =>
  z.string().transform((value, context): readonly T[] => {
    const parsed: T[] = [];
    for (const item of value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')) {
      const one = parseItem(item);
      if (one === undefined)
        context.addIssue({ code: 'custom', message: `has the entry "${item}", which is not ${what}` });
      else parsed.push(one);
    }
    return parsed;
  });

const hostName = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;

interface Variable<T> {
  readonly schema: z.ZodType<T, string>;
  readonly example: string;
}

const variable = <T>(schema: z.ZodType<T, string>, example: string): Variable<T> => ({ schema, example });

/** Every variable by name. A name that starts with HEADRACE_ and is not here is reported as a probable misspelling. */
const variables = {
  NODE_ENV: variable(z.enum(['development', 'production', 'test']), 'production'),
  LOG_LEVEL: variable(z.enum(logLevels), 'info'),
  DATABASE_URL: variable(
    withProtocol(['postgres:', 'postgresql:'], 'a postgres:// address'),
    'postgresql://headrace:password@db.example.com:5432/headrace',
  ),
  REDIS_URL: variable(withProtocol(['redis:', 'rediss:'], 'a redis:// address'), 'redis://redis.example.com:6379'),
  HOST: variable(
    z.string().refine((value) => isIP(value) !== 0 || hostName.test(value), 'must be an IP address or a host name'),
    '127.0.0.1',
  ),
  PORT: variable(wholeNumber(1, 65_535), '3000'),
  HEADRACE_PUBLIC_URL: variable(
    z
      .string()
      .refine(isOrigin, 'must be an http:// or https:// address without path, query or credentials')
      .transform((value) => new URL(value).origin),
    'https://headrace.example.com',
  ),
  HEADRACE_TRUST_PROXY: variable(
    list(parseAddressRange, 'an IP address, a CIDR range or the word loopback').transform((ranges) => ranges.flat()),
    'loopback,10.0.0.0/8',
  ),
  HEADRACE_DATA_DIR: variable(z.string(), '.headrace'),
  HEADRACE_ENCRYPTION_KEY: variable(
    z
      .string()
      .refine((value) => decodeKey(value) !== undefined, `must be ${encryptionKeyBytes} bytes in base64`)
      .transform((value) => decodeKey(value) as Buffer),
    '(the output of: openssl rand -base64 32)',
  ),
  HEADRACE_OWNER_EMAIL: variable(z.email('must be an e-mail address'), 'owner@example.com'),
  HEADRACE_OWNER_PASSWORD: variable(
    z
      .string()
      .min(passwordLength.min, `must have at least ${passwordLength.min} characters`)
      .max(passwordLength.max, `must have at most ${passwordLength.max} characters`),
    '(a password of your own)',
  ),
  HEADRACE_API_KEY: variable(
    z.string().regex(/^[\x21-\x7e]{8,256}$/, 'must have 8 to 256 visible characters and no spaces'),
    '(a long random value)',
  ),
  HEADRACE_WORKERS: variable(wholeNumber(0, workersMax), '1'),
  HEADRACE_ALLOWED_PRIVATE_HOSTS: variable(
    list(parseAllowedPrivateHost, 'a host, host:port or CIDR range'),
    'erp.internal:8080,10.1.0.0/16',
  ),
  HEADRACE_SETUP_TOKEN: variable(
    z.string().regex(/^[\x21-\x7e]{8,256}$/, 'must have 8 to 256 visible characters and no spaces'),
    '(a long random value)',
  ),
  HEADRACE_FAULT_POINTS: variable(z.string(), 'after-effect'),
} as const;

type VariableName = keyof typeof variables;
type Values = { readonly [Name in VariableName]?: z.output<(typeof variables)[Name]['schema']> };

/** The names of all variables, for documentation and for the check that .env.example lists each of them. */
export const variableNames = Object.keys(variables) as readonly VariableName[];

/**
 * Parses the configuration of one web, worker or migrate process.
 * @param source variables by name; an empty value counts as not set
 * @returns the configuration with defaults and derived values
 * @throws HeadraceError `config.invalid` with one fault per variable, all at once
 */
export function parseEnv(source: EnvSource): Env {
  const { values, faults } = readVariables(source);
  requireVariable(faults, values, source, 'DATABASE_URL', 'is required: the Postgres database to use');
  requireVariable(faults, values, source, 'REDIS_URL', 'is required: the Redis server to use');
  requireVariable(faults, values, source, 'HEADRACE_ENCRYPTION_KEY', 'is required: it protects stored secrets');
  const env = derive(values, source, faults);
  const { databaseUrl, redisUrl, encryptionKey } = env;
  if (faults.length > 0 || databaseUrl === undefined || redisUrl === undefined || encryptionKey === undefined) {
    throw configurationError(faults);
  }
  return { ...env, databaseUrl, redisUrl, encryptionKey };
}

/**
 * Parses the configuration of `npm start`, which provides Postgres, Redis and the key itself when they are not set.
 * @param source variables by name; an empty value counts as not set
 * @throws HeadraceError `config.invalid` with one fault per variable, all at once
 */
export function parseStartEnv(source: EnvSource): StartEnv {
  const { values, faults } = readVariables(source);
  if (textOf(source, 'DATABASE_URL') !== undefined) {
    const why = 'is required together with DATABASE_URL: a key that only this machine knew would be lost with it';
    requireVariable(faults, values, source, 'HEADRACE_ENCRYPTION_KEY', why);
  }
  const env = derive(values, source, faults);
  if (faults.length > 0) throw configurationError(faults);
  return env;
}

/** What the migration needs: the database alone. @throws HeadraceError `config.invalid` */
export function parseMigrateEnv(source: EnvSource): { readonly databaseUrl: string } {
  const { values, faults } = readVariables({ DATABASE_URL: source.DATABASE_URL });
  requireVariable(faults, values, source, 'DATABASE_URL', 'is required: the Postgres database to migrate');
  if (faults.length > 0 || values.DATABASE_URL === undefined) throw configurationError(faults);
  return { databaseUrl: values.DATABASE_URL };
}

/** {@link parseMigrateEnv} of this process. */
export const readMigrateEnv = (): { readonly databaseUrl: string } => parseMigrateEnv(process.env);

/** {@link parseEnv} of this process. Call once, at the entry point, and hand the result down. */
export const readEnv = (): Env => parseEnv(process.env);

/** {@link parseStartEnv} of this process. */
export const readStartEnv = (): StartEnv => parseStartEnv(process.env);

/** The variables of this process, for handing them on to a child process together with what was derived. */
export const inheritedVariables = (): EnvSource => ({ ...process.env });

function readVariables(source: EnvSource): { values: Values; faults: Fault[] } {
  const values: Record<string, unknown> = {};
  const faults: Fault[] = [];
  for (const name of variableNames) {
    const text = textOf(source, name);
    if (text === undefined) continue;
    const result = variables[name].schema.safeParse(text);
    if (result.success) values[name] = result.data;
    else for (const issue of result.error.issues) faults.push(fault(name, sentence(issue)));
  }
  return { values, faults };
}

function derive(values: Values, source: EnvSource, faults: Fault[]): StartEnv {
  const email = values.HEADRACE_OWNER_EMAIL;
  const password = values.HEADRACE_OWNER_PASSWORD;
  if (textOf(source, 'HEADRACE_OWNER_EMAIL') !== undefined) {
    requireVariable(
      faults,
      values,
      source,
      'HEADRACE_OWNER_PASSWORD',
      'is required together with HEADRACE_OWNER_EMAIL',
    );
  }
  if (textOf(source, 'HEADRACE_OWNER_PASSWORD') !== undefined) {
    requireVariable(
      faults,
      values,
      source,
      'HEADRACE_OWNER_EMAIL',
      'is required together with HEADRACE_OWNER_PASSWORD',
    );
  }
  const host = values.HOST ?? '127.0.0.1';
  const port = values.PORT ?? 3000;
  return {
    nodeEnv: values.NODE_ENV ?? 'production',
    logLevel: values.LOG_LEVEL ?? 'info',
    databaseUrl: values.DATABASE_URL,
    redisUrl: values.REDIS_URL,
    host,
    port,
    publicUrl: values.HEADRACE_PUBLIC_URL ?? defaultPublicUrl(host, port),
    isLoopback: isLoopbackHost(host),
    trustProxy: values.HEADRACE_TRUST_PROXY ?? [],
    dataDir: resolve(values.HEADRACE_DATA_DIR ?? '.headrace'),
    encryptionKey: values.HEADRACE_ENCRYPTION_KEY,
    owner: email === undefined || password === undefined ? undefined : { email, password },
    apiKey: values.HEADRACE_API_KEY,
    workers: values.HEADRACE_WORKERS ?? 1,
    allowedPrivateHosts: values.HEADRACE_ALLOWED_PRIVATE_HOSTS ?? [],
    setupToken: values.HEADRACE_SETUP_TOKEN,
    faultPoints: values.HEADRACE_FAULT_POINTS,
    warnings: unknownNames(source).map((name) => `${name} is not a variable of Headrace and was ignored.`),
  };
}

function requireVariable(faults: Fault[], values: Values, source: EnvSource, name: VariableName, why: string): void {
  if (values[name] === undefined && textOf(source, name) === undefined) faults.push(fault(name, why));
}

const textOf = (source: EnvSource, name: string): string | undefined => {
  const text = source[name]?.trim();
  return text === '' ? undefined : text;
};

const unknownNames = (source: EnvSource): string[] =>
  Object.keys(source).filter((name) => name.startsWith('HEADRACE_') && !Object.hasOwn(variables, name));

const fault = (name: VariableName, message: string): Fault => ({
  pointer: `/${name}`,
  code: 'config.invalid',
  message: `${name} ${message}. Example: ${name}=${variables[name].example}`,
});

/** zod's own wording for enumerations speaks of "options"; ours names them. Values are never echoed. */
const sentence = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_value' ? `must be one of ${issue.values.join(', ')}` : issue.message;

function configurationError(faults: readonly Fault[]): HeadraceError {
  const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
  const lines = faults.map((one) => `  ${one.message}`);
  return new HeadraceError('config.invalid', [`The configuration has ${count}:`, ...lines].join('\n'), { faults });
}

function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  const isBare =
    url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
  return (url.protocol === 'http:' || url.protocol === 'https:') && isBare;
}

function defaultPublicUrl(host: string, port: number): string {
  const isEverywhere = host === '0.0.0.0' || host === '::';
  const name = isEverywhere ? 'localhost' : isIP(host) === 6 ? `[${host}]` : host;
  return new URL(`http://${name}:${port}`).origin;
}

/** Whether a listener on this host is reachable from this machine only. */
export const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));

/** Accepts 32 bytes in base64 or base64url, padded or not; Buffer.from alone would skip foreign characters. */
function decodeKey(value: string): Buffer | undefined {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(value)) return undefined;
  const key = Buffer.from(value, 'base64');
  return key.length === encryptionKeyBytes ? key : undefined;
}

const loopbackRanges: readonly AddressRange[] = [
  { family: 'ipv4', address: '127.0.0.0', prefixLength: 8 },
  { family: 'ipv6', address: '::1', prefixLength: 128 },
];

function parseAddressRange(text: string): readonly AddressRange[] | undefined {
  if (text === 'loopback') return loopbackRanges;
  const range = parseCidr(text);
  return range === undefined ? undefined : [range];
}

function parseCidr(text: string): AddressRange | undefined {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return undefined;
  const bits = version === 4 ? 32 : 128;
  if (prefix !== undefined && !(/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits)) return undefined;
  const prefixLength = prefix === undefined ? bits : Number(prefix);
  return { family: version === 4 ? 'ipv4' : 'ipv6', address, prefixLength };
}

function parseAllowedPrivateHost(text: string): AllowedPrivateHost | undefined {
  if (text.includes('/')) {
    const range = parseCidr(text);
    return range === undefined ? undefined : { kind: 'range', range };
  }
  if (isIP(text) === 6) return { kind: 'host', host: text, port: undefined };
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text);
  const host = (match?.[1] ?? match?.[2] ?? '').toLowerCase();
  const port = match?.[3] === undefined ? undefined : Number(match[3]);
  if (match?.[1] !== undefined ? isIP(host) !== 6 : !hostName.test(host)) return undefined;
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  return { kind: 'host', host, port };
}
