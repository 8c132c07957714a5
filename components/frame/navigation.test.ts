import { describe, expect, it } from 'vitest';
import { currentTab, isCanvasScreen, isWithin } from './navigation';

describe('the frame', () => {
  it('folds the navigation on one flow and one run, not on their lists', () => {
    expect(['/flows/1', '/flows/1/versions', '/runs/0193'].map(isCanvasScreen)).toEqual([true, true, true]);
    expect(['/flows', '/flows/', '/runs', '/settings/keys', '/'].map(isCanvasScreen)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it('marks the place an address lies in, and no place that only begins alike', () => {
    expect(isWithin('/flows/1', '/flows')).toBe(true);
    expect(isWithin('/flowsheet', '/flows')).toBe(false);
  });

  it('marks the nearest tab when one contains another', () => {
    const tabs = ['/flows/1', '/flows/1/versions'];
    expect(currentTab('/flows/1', tabs)).toBe('/flows/1');
    expect(currentTab('/flows/1/versions/3', tabs)).toBe('/flows/1/versions');
    expect(currentTab('/runs', tabs)).toBeUndefined();
  });
});
