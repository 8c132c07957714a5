'use client';

/**
 * How a webhook's caller proves itself: not at all, a signature over the body, a bearer token, or a name and password.
 * Every secret is a reference. Keeps other members of the config as they are.
 */
import { Select } from '@/components/ui/select';
import { isPlainObject, type JsonObject, type JsonValue } from '@/core/json';
import { FieldShell } from '../field-shell';
import { SecretPicker, secretReference } from './secret-picker';
import { DurationWidget } from './small-widgets';

type Way = 'none' | 'hmac' | 'bearer' | 'basic';

const ways = [
  { value: 'none', label: 'None', hint: 'Whoever knows the address may call it.' },
  { value: 'hmac', label: 'Signature (HMAC)', hint: 'The sender signs the body with a shared secret.' },
  { value: 'bearer', label: 'Bearer token', hint: 'Authorization: Bearer, compared with a secret.' },
  { value: 'basic', label: 'Name and password', hint: 'HTTP Basic; the password is a secret.' },
] as const;

const fresh: Record<Way, JsonValue | undefined> = {
  none: undefined,
  hmac: { hmac: { header: 'x-signature', algorithm: 'sha256', encoding: 'hex' }, secrets: [secretReference('', '')] },
  bearer: { bearer: secretReference('', '') },
  basic: { basic: { username: '', password: secretReference('', '') } },
};

function wayOf(value: JsonValue | undefined): Way {
  if (!isPlainObject(value)) {
    return 'none';
  }
  return (['hmac', 'bearer', 'basic'] as const).find((way) => way in value) ?? 'none';
}

interface VerificationProps {
  value: JsonValue | undefined;
  onChange: (value: JsonValue | undefined) => void;
}

export function VerificationWidget({ value, onChange }: VerificationProps) {
  const way = wayOf(value);
  const config = isPlainObject(value) ? (value as JsonObject) : {};
  return (
    <div className="verification">
      <Select
        aria-label="Verification"
        options={ways}
        value={way}
        onValueChange={(next) => onChange(structuredClone(fresh[next]))}
      />
      {way === 'bearer' && (
        <SecretPicker label="Token" value={config.bearer} onChange={(bearer) => onChange({ ...config, bearer })} />
      )}
      {way === 'basic' && <Basic config={config} onChange={onChange} />}
      {way === 'hmac' && <Hmac config={config} onChange={onChange} />}
    </div>
  );
}

interface PartProps {
  config: JsonObject;
  onChange: (value: JsonObject) => void;
}

const objectIn = (config: JsonObject, name: string): JsonObject =>
  isPlainObject(config[name]) ? (config[name] as JsonObject) : {};
const textIn = (config: JsonObject, name: string): string => (typeof config[name] === 'string' ? config[name] : '');

function Basic({ config, onChange }: PartProps) {
  const basic = objectIn(config, 'basic');
  return (
    <>
      <FieldShell label="Name" required>
        {(ids) => (
          <span className="input">
            <input
              {...ids}
              value={textIn(basic, 'username')}
              autoComplete="off"
              onChange={(event) => onChange({ ...config, basic: { ...basic, username: event.target.value } })}
            />
          </span>
        )}
      </FieldShell>
      <FieldShell label="Password" required>
        {() => (
          <SecretPicker
            label="Password"
            value={basic.password}
            onChange={(password) => onChange({ ...config, basic: { ...basic, password } })}
          />
        )}
      </FieldShell>
    </>
  );
}

const algorithms = ['sha256', 'sha512', 'sha1'].map((value) => ({ value, label: value.toUpperCase() }));
const encodings = ['hex', 'base64'].map((value) => ({ value, label: value }));

function Hmac({ config, onChange }: PartProps) {
  const hmac = objectIn(config, 'hmac');
  const secrets = Array.isArray(config.secrets) ? config.secrets : [];
  const set = (name: string, next: JsonValue | undefined) => {
    const { [name]: _old, ...rest } = hmac;
    onChange({ ...config, hmac: next === undefined || next === '' ? rest : { ...hmac, [name]: next } });
  };
  const text = (name: string, label: string, placeholder: string, required = false) => (
    <FieldShell label={label} required={required}>
      {(ids) => (
        <span className="input code">
          <input
            {...ids}
            value={textIn(hmac, name)}
            placeholder={placeholder}
            spellCheck={false}
            onChange={(event) => set(name, event.target.value)}
          />
        </span>
      )}
    </FieldShell>
  );
  return (
    <>
      <FieldShell label="Secret" required hint="Two may be valid while one replaces the other.">
        {() => (
          <div className="form-rows">
            {[...secrets.keys(), ...(secrets.length === 1 ? [1] : [])].map((at) => (
              <SecretPicker
                key={at}
                label={at === 0 ? 'Secret' : 'Second secret'}
                value={secrets[at]}
                onChange={(secret) =>
                  onChange({
                    ...config,
                    secrets: at < secrets.length ? secrets.with(at, secret) : [...secrets, secret],
                  })
                }
              />
            ))}
          </div>
        )}
      </FieldShell>
      {text('header', 'Header with the signature', 'x-signature', true)}
      <div className="two even">
        <FieldShell label="Algorithm">
          {() => (
            <Select
              aria-label="Algorithm"
              options={algorithms}
              value={textIn(hmac, 'algorithm') || 'sha256'}
              onValueChange={(next) => set('algorithm', next)}
            />
          )}
        </FieldShell>
        <FieldShell label="Encoding">
          {() => (
            <Select
              aria-label="Encoding"
              options={encodings}
              value={textIn(hmac, 'encoding') || 'hex'}
              onValueChange={(next) => set('encoding', next)}
            />
          )}
        </FieldShell>
      </div>
      {text('prefix', 'Before the signature', 'sha256=')}
      {text('timestampHeader', 'Header with the timestamp', 'x-timestamp')}
      {textIn(hmac, 'timestampHeader') !== '' && (
        <FieldShell label="Believed for">
          {(ids) => (
            <DurationWidget
              ids={ids}
              value={hmac.toleranceMs}
              placeholderMs={300_000}
              onChange={(ms) => set('toleranceMs', ms)}
            />
          )}
        </FieldShell>
      )}
      {text('signed', 'What is signed', textIn(hmac, 'timestampHeader') === '' ? '{body}' : '{timestamp}.{body}')}
    </>
  );
}
