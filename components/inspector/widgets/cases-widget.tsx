'use client';

/**
 * The cases of a switch: a name, which is the port, and when it is taken; tried from the top. A name counts once it is
 * usable, so that a wire never hangs on half a word. Refuses two cases with one name.
 */
import { useState } from 'react';
import type { SwitchCase } from '@/components/canvas/store/commands/field-commands';
import { Button, IconButton } from '@/components/ui/button';
import { classes } from '@/components/ui/classes';
import { isPlainObject, type JsonValue } from '@/core/json';
import { TemplateInput } from '../template-input';

const reserved = new Set(['out', 'error', 'else', 'compensate']);
const portPattern = /^[a-z][a-zA-Z0-9_]*$/;

/** The cases a config holds, whatever state it is in. */
export function readCases(value: JsonValue | undefined): SwitchCase[] {
  const items = Array.isArray(value) ? value : [];
  return items.flatMap((item) =>
    isPlainObject(item)
      ? [
          {
            port: String(item.port ?? ''),
            when: typeof item.when === 'string' ? item.when : JSON.stringify(item.when ?? ''),
          },
        ]
      : [],
  );
}

function faultOfName(name: string, others: readonly string[]): string | null {
  if (reserved.has(name)) {
    return `${name} means something else already.`;
  }
  if (!portPattern.test(name)) {
    return 'Begin with a small letter; letters, digits and _ only.';
  }
  return others.includes(name) ? 'Another case is called that.' : null;
}

export function CasesWidget({
  value,
  onChange,
}: {
  value: JsonValue | undefined;
  onChange: (cases: SwitchCase[]) => void;
}) {
  const cases = readCases(value);
  const freeName = (): string => {
    for (let n = cases.length + 1; ; n += 1) {
      if (!cases.some(({ port }) => port === `case${n}`)) {
        return `case${n}`;
      }
    }
  };
  const swap = (at: number) => {
    const next = [...cases];
    const [here, above] = [next[at], next[at - 1]];
    if (here && above) {
      next[at - 1] = here;
      next[at] = above;
      onChange(next);
    }
  };
  return (
    <ol className="cases">
      {cases.map((item, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a case has no identity but its place, and its name is edited here
        <li key={at}>
          <div className="case-head">
            <span className="faint">{at === 0 ? 'when' : 'else when'}</span>
            <CaseName
              name={item.port}
              others={cases.filter((_, other) => other !== at).map(({ port }) => port)}
              onChange={(port) => onChange(cases.map((other, index) => (index === at ? { ...other, port } : other)))}
            />
            {at > 0 && <IconButton small icon="up" label={`Try ${item.port} earlier`} onClick={() => swap(at)} />}
            <IconButton
              small
              icon="close"
              label={`Remove the case ${item.port}`}
              onClick={() => onChange(cases.filter((_, index) => index !== at))}
            />
          </div>
          <TemplateInput
            isCode
            multiline
            aria-label={`When ${item.port} is taken`}
            placeholder="event.data.body.total > 100"
            value={item.when}
            onChange={(when) => onChange(cases.map((other, index) => (index === at ? { ...other, when } : other)))}
          />
        </li>
      ))}
      <li className="case-else">
        <span className="faint">otherwise</span> <code>else</code>
        <Button
          small
          variant="ghost"
          icon="plus"
          className="push"
          onClick={() => onChange([...cases, { port: freeName(), when: '{{ false }}' }])}
        >
          Add a case
        </Button>
      </li>
    </ol>
  );
}

interface CaseNameProps {
  name: string;
  others: readonly string[];
  onChange: (name: string) => void;
}

function CaseName({ name, others, onChange }: CaseNameProps) {
  const [text, setText] = useState(name);
  const [shownFor, setShownFor] = useState(name);
  if (shownFor !== name) {
    setShownFor(name);
    setText(name);
  }
  const fault = text === name ? null : faultOfName(text, others);
  const commit = () => {
    if (fault === null && text !== name) {
      onChange(text);
    } else {
      setText(name);
    }
  };
  return (
    <span className={classes('input code', fault && 'wrong')} title={fault ?? undefined}>
      <input
        aria-label="Name of the case"
        aria-invalid={fault !== null}
        value={text}
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            event.preventDefault();
            commit();
          }
        }}
      />
    </span>
  );
}
