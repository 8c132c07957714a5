'use client';

/** The drawing of the version a run executes, coloured by what happened. Its library is loaded with the first run page. */
import dynamic from 'next/dynamic';
import { memo, useMemo, useState } from 'react';
import { ErrorState } from '@/components/ui/states';
import type { FlowDocument } from '@/core/flow/document';
import { buildGraph } from '@/core/flow/graph';
import type { ShownRun } from './iterations';
import type { DrawnSteps } from './run-context';
import { createRunDrawing } from './run-drawing';
import styles from './run-page.module.css';
import type { useRunDocument } from './use-run';

const FlowCanvas = dynamic(() => import('@/components/canvas/flow-canvas').then((module) => module.FlowCanvas), {
  ssr: false,
  loading: () => <div className={styles.ground} />,
});

export interface RunCanvasProps {
  readonly shown: ShownRun;
  /** The chosen iteration; empty for none. */
  readonly path: string;
  readonly steps: DrawnSteps;
  readonly document: ReturnType<typeof useRunDocument>;
  readonly selected: string | null;
  readonly onSelect: (stepId: string) => void;
}

const undoingSteps = (document: FlowDocument): ReadonlySet<string> => buildGraph(document).undoing;

export const RunCanvas = memo(function RunCanvas(props: RunCanvasProps) {
  const { shown, path, steps, document, selected, onSelect } = props;
  const [draw] = useState(createRunDrawing);
  const undoing = useMemo(() => document.data && undoingSteps(document.data), [document.data]);
  const { loopsAround } = steps;
  const drawing = useMemo(() => draw(shown, undoing, { path, loopsAround }), [draw, shown, undoing, path, loopsAround]);
  if (document.data === undefined) {
    return (
      <div className={styles.ground}>
        {document.error !== null && (
          <ErrorState
            error={document.error}
            title="The drawing could not be loaded"
            onRetry={() => void document.refetch()}
            isRetrying={document.isFetching}
          />
        )}
      </div>
    );
  }
  return (
    <FlowCanvas
      readOnly
      document={document.data}
      runState={drawing}
      selected={selected}
      // The ground selects nothing here: the panel beside it always shows a step.
      onSelect={(stepId) => stepId !== null && onSelect(stepId)}
      label="What happened on the canvas"
    />
  );
});
