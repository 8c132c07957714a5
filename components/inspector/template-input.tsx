'use client';

/**
 * A field that holds text, an expression, or text with expressions in it: coloured while typing, with the result under
 * it. The fx button turns a value into an expression and back. One line that grows; Enter is a line break only where
 * several lines make sense. Refuses to check meaning: faults come from `validate` and from the preview.
 */
import { type KeyboardEvent, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { classes } from '@/components/ui/classes';
import { hasExpression, scanTemplate } from '@/core/expression';
import { afterPress, watchPresses } from './after-press';
import type { ControlIds } from './field-shell';
import { useInspector } from './inspector-context';
import { type Preview, previewOf } from './preview';

export interface TemplateInputProps {
  ids?: Partial<ControlIds>;
  value: string;
  onChange: (value: string) => void;
  onBlur?: () => void;
  placeholder?: string;
  /** Several lines; Enter breaks the line. */
  multiline?: boolean;
  /** False for a constant: no fx, no preview. */
  isTemplated?: boolean;
  /** Always an expression; the braces are written here and not by the person. */
  isCode?: boolean;
  'aria-label'?: string;
}

const wholeExpression = /^\s*\{\{([\s\S]*)\}\}\s*$/;

/** The text between the braces when the value is exactly one expression. */
export function innerOf(value: string): string | null {
  const [only, ...more] = scanTemplate(value.trim());
  return only?.kind === 'expression' && more.length === 0 ? only.source.trim() : null;
}

/** A constant string inside braces, back as the text it is; null for real expressions. */
function literalOf(value: string): string | null {
  const inner = innerOf(value);
  if (inner === '') {
    return '';
  }
  try {
    const parsed: unknown = inner === null ? null : JSON.parse(inner);
    return typeof parsed === 'string' ? parsed : null;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return null;
    }
    throw error;
  }
}

export function TemplateInput(props: TemplateInputProps) {
  const { ids, value, onChange, onBlur, placeholder, multiline, isTemplated = true, isCode = false } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const [isFocused, setFocused] = useState(false);
  const caret = useRef<number | null>(null);
  useEffect(watchPresses, []);
  const isExpression = isTemplated && (isCode || hasExpression(value));
  const shown = isCode ? (innerOf(value) ?? value) : value;
  const change = (text: string) => {
    if (!isCode || text.trim() === '' || hasExpression(text)) {
      onChange(text.trim() === '' ? '' : text);
    } else {
      onChange(`{{ ${text.trimStart()} }}`);
    }
  };
  useEffect(() => {
    if (caret.current !== null) {
      area.current?.focus();
      area.current?.setSelectionRange(caret.current, caret.current);
      caret.current = null;
    }
  });
  const toggle = () => {
    if (!isExpression) {
      const next = value === '' ? '{{  }}' : `{{ ${JSON.stringify(value)} }}`;
      caret.current = value === '' ? 3 : next.length - 3;
      onChange(next);
    } else {
      onChange(literalOf(value) ?? '');
      caret.current = 0;
    }
  };
  const keyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !multiline && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
    }
  };
  return (
    <div className="templated">
      <div className={classes('input template', !multiline && 'single', isFocused && 'focus', isExpression && 'code')}>
        <div className="grow">
          <pre aria-hidden="true">
            <Coloured text={shown} isCode={isCode && !hasExpression(shown)} />{' '}
          </pre>
          <textarea
            ref={area}
            {...ids}
            aria-label={props['aria-label']}
            rows={1}
            value={shown}
            placeholder={isCode && placeholder ? (innerOf(placeholder) ?? placeholder) : placeholder}
            spellCheck={!isExpression && multiline === true}
            autoCapitalize="off"
            autoComplete="off"
            onChange={(event) => change(multiline ? event.target.value : event.target.value.replaceAll('\n', ' '))}
            onKeyDown={keyDown}
            onFocus={() => setFocused(true)}
            onBlur={() => {
              afterPress(() => setFocused(document.activeElement === area.current));
              onBlur?.();
            }}
          />
        </div>
        {isTemplated && !isCode && (
          <button
            type="button"
            className="fx"
            aria-pressed={isExpression}
            aria-label="Expression"
            title={isExpression ? 'Back to a value' : 'Write an expression'}
            onClick={toggle}
          >
            fx
          </button>
        )}
        {isCode && <span className="fx on">fx</span>}
      </div>
      {isExpression && value.trim() !== '' && <PreviewLine value={value} isOpen={isFocused} />}
    </div>
  );
}

function Coloured({ text, isCode }: { text: string; isCode: boolean }) {
  if (isCode) {
    return <span className="x">{text}</span>;
  }
  return scanTemplate(text).map((part) => {
    if (part.kind === 'text') {
      return part.text;
    }
    const key = `${part.start}`;
    if (part.kind === 'unclosed') {
      return (
        <span key={key} className="x open">
          {part.text}
        </span>
      );
    }
    return (
      <span key={key} className="x">
        <i>{'{{'}</i>
        {part.source}
        <i>{'}}'}</i>
      </span>
    );
  });
}

/** Evaluates behind the typing: React drops the work when the next letter comes first. */
export function usePreview(value: string): Preview {
  const { sample } = useInspector();
  const deferred = useDeferredValue(value);
  return useMemo(() => previewOf(deferred, sample, () => performance.now()), [deferred, sample]);
}

function PreviewLine({ value, isOpen }: { value: string; isOpen: boolean }) {
  const { sample } = useInspector();
  const preview = usePreview(value);
  if (preview.type === 'fault') {
    return (
      <p className="gives is-failed" role={isOpen ? 'status' : undefined}>
        {preview.message}
        {preview.offset !== null && <span className="at"> At {placeOf(value, preview.offset)}.</span>}
      </p>
    );
  }
  if (preview.type === 'missing') {
    const isYoung = sample.source === 'from a sample';
    return isYoung && !isOpen ? null : (
      <p className="gives">{isYoung ? 'nothing yet: no run to read from' : `nothing ${sample.source}`}</p>
    );
  }
  if (!isOpen || !wholeExpression.test(value)) {
    return (
      <p className="gives">
        gives <code title={preview.text}>{preview.text}</code>
      </p>
    );
  }
  return (
    <div className="preview">
      <output>{preview.text}</output>
      <span>{preview.kind}</span>
      <span>{sample.source}</span>
      <span>{preview.tookMs < 0.05 ? 'under 0.1 ms' : `${preview.tookMs.toFixed(1)} ms`}</span>
    </div>
  );
}

/** "character 12", or line and column when there are several lines. */
function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  return before.length === 1 ? `character ${column}` : `line ${before.length}, character ${column}`;
}
