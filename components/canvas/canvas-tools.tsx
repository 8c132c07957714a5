'use client';

/**
 * Bottom left of every canvas: the map of the whole flow, the two modes, zoom, fit and tidy. Remembers whether the map
 * is open. Refuses to act on the document itself.
 */
import { MiniMap, useReactFlow, useViewport } from '@xyflow/react';
import { useState } from 'react';
import { IconButton } from '@/components/ui/button';
import { classes } from '@/components/ui/classes';
import { statusClass } from '@/components/ui/status';
import type { DrawnNode } from './drawing';

export type CanvasMode = 'select' | 'pan';

export interface CanvasToolsProps {
  /** Absent on a canvas to look at: there it is always the hand. */
  mode?: CanvasMode;
  onModeChange?: (mode: CanvasMode) => void;
  onTidy?: () => void;
  /** Small tools without the map, for the run page. */
  isCompact?: boolean;
}

export const zoomMotionMs = 220;
/** Keeps the flow clear of what floats at the edges; the palette stands left in the designer. */
export const fitPadding = { top: '28px', right: '72px', bottom: '40px', left: '72px' } as const;
export const fitBesidePalette = { ...fitPadding, left: '300px' } as const;

const paint = (node: DrawnNode): string => {
  if (node.type === 'region') {
    return 'mini-region';
  }
  if (node.data.run && node.data.run.status !== 'pending') {
    return classes('mini-card', statusClass(node.data.run.status)) ?? '';
  }
  return classes('mini-card', node.selected && 'sel', node.data.fault?.severity === 'error' && 'bad') ?? '';
};

export function CanvasTools({ mode, onModeChange, onTidy, isCompact = false }: CanvasToolsProps) {
  const padding = isCompact ? fitPadding : fitBesidePalette;
  const { zoomIn, zoomOut, fitView, zoomTo } = useReactFlow();
  const { zoom } = useViewport();
  const [hasMap, setMap] = useState(!isCompact);
  const motion = { duration: zoomMotionMs };
  return (
    <div className={classes('float cluster', hasMap && 'with-map')}>
      {hasMap && (
        <MiniMap<DrawnNode>
          className="mini"
          nodeClassName={paint}
          nodeBorderRadius={8}
          pannable
          zoomable
          ariaLabel="Map of the flow"
          style={{ width: 230, height: 92 }}
        />
      )}
      <div className="tools" role="toolbar" aria-label="Canvas tools">
        {mode && onModeChange && (
          <>
            <IconButton
              small
              icon="cursor"
              label="Select"
              keys="V"
              pressed={mode === 'select'}
              onClick={() => onModeChange('select')}
            />
            <IconButton
              small
              icon="hand"
              label="Move"
              keys="H"
              pressed={mode === 'pan'}
              onClick={() => onModeChange('pan')}
            />
            <span className="rule" />
          </>
        )}
        <IconButton small icon="minus" label="Zoom out" keys="-" onClick={() => zoomOut(motion)} />
        <button type="button" className="zoom" title="Zoom to 100 % (0)" onClick={() => zoomTo(1, motion)}>
          {Math.round(zoom * 100)} %
        </button>
        <IconButton small icon="plus" label="Zoom in" keys="Plus" onClick={() => zoomIn(motion)} />
        <span className="rule" />
        <IconButton small icon="fit" label="Fit" keys="1" onClick={() => fitView({ ...motion, padding, maxZoom: 1 })} />
        {onTidy && <IconButton small icon="tidy" label="Tidy layout" keys="Shift+Alt+T" onClick={onTidy} />}
        <IconButton small icon="map" label="Map" pressed={hasMap} onClick={() => setMap(!hasMap)} />
      </div>
    </div>
  );
}
