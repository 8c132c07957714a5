'use client';

/**
 * Which item of the loops around a step its previews read, and how many items a loop's list comes to. Refuses to change the
 * flow: what is chosen here is looked at, not written.
 */
import { IconButton } from '@/components/ui/button';
import { Icon } from '@/components/ui/icon';
import { formatCount } from '@/components/ui/time';
import type { FlowStep } from '@/core/flow/document';
import { useInspector } from './inspector-context';
import { itemsOf, type SampleLoop } from './loop-sample';
import { summarise } from './preview';

/** For a step inside loops; nothing for any other. */
export function LoopChooser() {
  const { loops, onItem } = useInspector();
  if (loops.length === 0) return null;
  return (
    <div className="loop-chooser">
      {loops.map((loop) => (
        <Choice key={loop.stepId} loop={loop} onItem={(index) => onItem(loop.stepId, index)} />
      ))}
    </div>
  );
}

function Choice({ loop, onItem }: { loop: SampleLoop; onItem: (index: number) => void }) {
  const { name, index, total, item } = loop;
  if (total === null || total === 0) {
    return (
      <p>
        <Icon name="loop" small />
        <span>
          In {name}: <code>item</code> and <code>index</code> can be read.{' '}
          {total === 0 ? 'Its list is empty, so nothing is previewed.' : 'Its items come to no list yet.'}
        </span>
      </p>
    );
  }
  return (
    <p>
      <Icon name="loop" small />
      <span className="of">
        In {name}: <code>item</code> {formatCount(index)} of {formatCount(total)}
        {item !== undefined && <code className="excerpt">{summarise(item).text}</code>}
      </span>
      <IconButton
        small
        icon="left"
        label={`Item before, of ${name}`}
        disabled={index === 0}
        onClick={() => onItem(index - 1)}
      />
      <IconButton
        small
        icon="right"
        label={`Next item of ${name}`}
        disabled={index + 1 >= total}
        onClick={() => onItem(index + 1)}
      />
    </p>
  );
}

/** Under the list of a loop: what it comes to with the data at hand. */
export function LoopItems({ step }: { step: FlowStep }) {
  const { sample } = useInspector();
  const items = itemsOf(step, sample, Date.now());
  const isYoung = sample.source === 'from a sample';
  if (items === undefined) return isYoung ? null : <p className="gives">no items {sample.source}</p>;
  if (!Array.isArray(items)) {
    return (
      <p className="gives is-failed">
        This gives {summarise(items).kind} {sample.source}, not a list. Put it in square brackets to make it one.
      </p>
    );
  }
  const count = formatCount(items.length);
  return (
    <p className="gives">
      {count} {items.length === 1 ? 'item' : 'items'} {isYoung ? 'in the sample' : 'in the last run'}
    </p>
  );
}
