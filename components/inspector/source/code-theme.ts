/** The editor in the colours of the product: every value is a token, so that light and dark follow by themselves. */
import { HighlightStyle } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

export const highlighting = HighlightStyle.define([
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.self], color: 'var(--code-atom)', fontWeight: '600' },
  { tag: [tags.typeName, tags.className, tags.namespace], color: 'var(--code-number)' },
  { tag: tags.comment, color: 'var(--fg-faint)', fontStyle: 'italic' },
  { tag: [tags.propertyName, tags.definition(tags.variableName)], color: 'var(--fg)' },
  { tag: tags.invalid, color: 'var(--failed-fg)' },
]);

export const editorTheme = EditorView.theme({
  '&': {
    color: 'var(--fg)',
    backgroundColor: 'var(--raised)',
    border: '1px solid var(--line-control)',
    borderRadius: 'var(--radius-2)',
    fontSize: 'var(--text-sm)',
    minHeight: '180px',
    maxHeight: '60vh',
  },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-1px' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '18px', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--fg)', padding: '6px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--fg)' },
  '.cm-gutters': {
    backgroundColor: 'var(--sunken)',
    color: 'var(--fg-faint)',
    borderRight: '1px solid var(--line)',
    borderRadius: 'var(--radius-2) 0 0 var(--radius-2)',
  },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--hover)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--accent-bg)',
  },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'var(--accent-bg)',
    outline: '1px solid var(--accent-line)',
  },
  '.cm-tooltip': {
    color: 'var(--fg)',
    backgroundColor: 'var(--raised)',
    border: '1px solid var(--line-strong)',
    borderRadius: 'var(--radius-2)',
    boxShadow: 'var(--shadow-2)',
    fontSize: 'var(--text-sm)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    color: 'var(--fg)',
    backgroundColor: 'var(--accent-bg)',
  },
  '.cm-completionDetail': { color: 'var(--fg-faint)', fontStyle: 'normal' },
  '.cm-completionInfo': { fontFamily: 'var(--font-mono)', maxWidth: '320px', overflowWrap: 'anywhere' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--failed-solid)' },
  '.cm-lint-marker-error': { width: '10px' },
});
