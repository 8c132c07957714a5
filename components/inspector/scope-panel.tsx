'use client';

import { iconOf, isLoop } from '@/components/canvas/catalogue';
/**
 * The set-up of a region: what is in it, what undoes it, and the ways to put steps in and out without a mouse. Refuses
 * to show what its steps do; a click opens them.
 */
import { runAndTell } from '@/components/canvas/interactions/step-menu';
import { drawnGraph, scopeOf } from '@/components/canvas/scopes';
import { selectSteps } from '@/components/canvas/store/command';
import { canGoInto, dissolveScope, fitRegion, putInto } from '@/components/canvas/store/commands/scope-commands';
import { useEditor, useEditorStore } from '@/components/canvas/store/editor-context';
import { Button, IconButton } from '@/components/ui/button';
import { Icon } from '@/components/ui/icon';
import { Select } from '@/components/ui/select';
import { useToast } from '@/components/ui/toast';
import { type FlowStep, labelOf } from '@/core/flow/document';
import { compensatePort } from '@/core/flow/graph';
import { FieldShell } from './field-shell';

/** Says which wires an edit took away, as the canvas does. */
export function useTelling() {
  const store = useEditorStore();
  const toast = useToast();
  return { store, onNote: (title: string) => void toast.show({ kind: 'info', title, key: 'canvas' }) };
}

export function ScopePanel({ step }: { step: FlowStep }) {
  const document = useEditor((state) => state.document);
  const telling = useTelling();
  const { run } = telling.store.getState();
  const { graph, members } = drawnGraph(document);
  const inside = members.get(step.id) ?? [];
  const forward = inside.filter((id) => !graph.undoing.has(id));
  const undone = forward.filter((id) => graph.nodes.get(id)?.outgoing.has(compensatePort));
  const candidates = document.steps.filter(
    ({ id }) => scopeOf(document, id) !== step.id && canGoInto(document, id, step.id),
  );
  return (
    <>
      <p className="hint">{isLoop(step.kind) ? loopHint : scopeHint}</p>
      <FieldShell label={inside.length === 0 ? 'Nothing is in it' : 'In it'}>
        {() => (
          <>
            <ul className="members">
              {inside.map((id) => (
                <Member
                  key={id}
                  id={id}
                  onRemove={() => runAndTell(telling, putInto([id], scopeOf(document, step.id)))}
                />
              ))}
            </ul>
            {candidates.length > 0 && (
              <Select
                aria-label={`Put a step into ${labelOf(step)}`}
                placeholder="Put a step in…"
                options={candidates.map((other) => ({ value: other.id, label: labelOf(other) }))}
                value={null}
                onValueChange={(id) => runAndTell(telling, putInto([id], step.id))}
              />
            )}
          </>
        )}
      </FieldShell>
      <FieldShell
        label={isLoop(step.kind) ? 'When an iteration fails' : 'When it fails'}
        hint={undoneWords(forward.length, undone.length)}
      >
        {() => (
          <ol className="members">
            {undone.toReversed().map((id) => (
              <Undoing key={id} id={id} />
            ))}
          </ol>
        )}
      </FieldShell>
      {inside.length > 0 && (
        <div className="bar">
          <Button small icon="fit" onClick={() => run(fitRegion(step.id))}>
            Fit to its steps
          </Button>
          <Button small icon="close" onClick={() => runAndTell(telling, dissolveScope(step.id))}>
            Dissolve, keep the steps
          </Button>
        </div>
      )}
    </>
  );
}

const scopeHint =
  'Its steps succeed together. When one of them fails for good, every completed step with a compensation is undone, the last first; then the scope takes its error port, or fails what is around it.';
const loopHint =
  'Its steps run once per item, each time as a small saga of its own. Inside, item is the item and index its place, from 0; an iteration never reads from another.';

function undoneWords(steps: number, undone: number): string {
  if (steps === 0) return 'Drag steps into its region, or put them in here.';
  if (undone === 0)
    return 'Nothing is undone: none of its steps has a compensation. Pull one from the left side of a card.';
  return `${undone} of ${steps} steps ${undone === 1 ? 'is' : 'are'} undone, the last that completed first.`;
}

function Member({ id, onRemove }: { id: string; onRemove: () => void }) {
  const step = useEditor((state) => state.document.steps.find((each) => each.id === id));
  const { select } = useEditorStore().getState();
  if (step === undefined) return null;
  return (
    <li>
      <Icon name={iconOf(step.kind)} small />
      <button type="button" className="link-button" onClick={() => select(selectSteps(id))}>
        {labelOf(step)}
      </button>
      <IconButton small icon="close" label={`Take ${labelOf(step)} out`} onClick={onRemove} />
    </li>
  );
}

/** "Refund card undoes Charge card". */
function Undoing({ id }: { id: string }) {
  const document = useEditor((state) => state.document);
  const { select } = useEditorStore().getState();
  const { graph } = drawnGraph(document);
  const name = (of: string): string => labelOf(graph.nodes.get(of)?.step ?? { id: of });
  const first = graph.nodes.get(id)?.outgoing.get(compensatePort)?.[0]?.to;
  if (first === undefined) return null;
  return (
    <li>
      <Icon name="undo" small />
      <button type="button" className="link-button" onClick={() => select(selectSteps(first))}>
        {name(first)}
      </button>
      <span className="faint">undoes {name(id)}</span>
    </li>
  );
}
