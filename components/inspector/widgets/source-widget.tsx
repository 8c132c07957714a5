'use client';

/**
 * Code of a step: the type of what it is called with, and an editor that knows it. The editor comes when it is needed;
 * until then, and where it cannot come, the text can be read and edited as text.
 */
import { Component, lazy, type ReactNode, Suspense, useMemo, useState } from 'react';
import { useEditor } from '@/components/canvas/store/editor-context';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { Dialog } from '@/components/ui/dialog';
import { typeOfSample } from '@/core/code/type-of-sample';
import { type FlowStep, labelOf } from '@/core/flow/document';
import type { JsonValue } from '@/core/json';
import type { ControlIds } from '../field-shell';
import { useInspector } from '../inspector-context';
import { sampleInput } from '../source/sample-input';

const CodeEditor = lazy(() => import('../source/code-editor'));

/** What a new step begins with. */
const firstSource = 'export default function (input) {\n  return input;\n}\n';

export interface SourceWidgetProps {
  ids: ControlIds;
  label: string;
  step: FlowStep;
  value: JsonValue | undefined;
  onChange: (value: JsonValue | undefined) => void;
}

export function SourceWidget({ ids, label, step, value, onChange }: SourceWidgetProps) {
  const { sample } = useInspector();
  const document = useEditor((state) => state.document);
  const input = useMemo(() => sampleInput(document, step, sample), [document, step, sample]);
  const [isLarge, setLarge] = useState(false);
  const text = typeof value === 'string' ? value : '';
  const change = (next: string) => onChange(next === '' ? undefined : next);
  const plain = (
    <span className="input code json-edit" data-own-undo="">
      <textarea {...ids} rows={12} value={text} spellCheck={false} onChange={(event) => change(event.target.value)} />
    </span>
  );
  const editor = (
    <CodeEditor
      id={ids.id}
      label={label}
      describedBy={ids['aria-describedby']}
      value={text}
      onChange={change}
      sample={input}
    />
  );
  return (
    <>
      <InputType input={input} source={sample.source} />
      {value === undefined && (
        <Button small icon="plus" onClick={() => onChange(firstSource)}>
          Begin with a function
        </Button>
      )}
      {isLarge ? (
        <p className="gives">The code is open in the large editor.</p>
      ) : (
        <OrElse otherwise={plain}>
          <Suspense fallback={plain}>{editor}</Suspense>
        </OrElse>
      )}
      <Dialog
        wide
        open={isLarge}
        onOpenChange={setLarge}
        title={`Code of ${labelOf(step)}`}
        footer={<Button onClick={() => setLarge(false)}>Done</Button>}
      >
        <div className="code-large">
          <InputType input={input} source={sample.source} />
          <Suspense fallback={plain}>{editor}</Suspense>
        </div>
      </Dialog>
      <p className="gives">
        Tab indents. Escape, then Tab leaves the editor.{' '}
        <button type="button" className="link-button" onClick={() => setLarge(true)}>
          Open large
        </button>
      </p>
    </>
  );
}

function InputType({ input, source }: { input: JsonValue | undefined; source: string }) {
  if (input === undefined) {
    return <p className="gives">The type of the input shows here once the steps before have run.</p>;
  }
  const type = `type Input = ${typeOfSample(input)}`;
  return (
    <details className="input-type" open={type.split('\n').length <= 12}>
      <summary>Input, {source}</summary>
      <pre>{type}</pre>
      <CopyButton text={type} label="Copy the type" />
    </details>
  );
}

/** A chunk that cannot be loaded must not take the form with it. */
class OrElse extends Component<{ otherwise: ReactNode; children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? this.props.otherwise : this.props.children;
  }
}
