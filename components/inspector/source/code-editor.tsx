'use client';

/**
 * The editor of code: CodeMirror with the grammar of JavaScript and TypeScript, marks of our own parser, completion from
 * real data. A chunk of its own, loaded when a step with code is opened. Tab indents; Escape and then Tab leaves.
 */
import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { javascriptLanguage, localCompletionSource, typescriptLanguage } from '@codemirror/lang-javascript';
import { bracketMatching, indentOnInput, indentUnit, LanguageSupport, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, linter, lintGutter, lintKeymap } from '@codemirror/lint';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { readSource } from '@/core/code/read-source';
import type { JsonValue } from '@/core/json';
import { summarise } from '../preview';
import { completableAt } from './code-paths';
import { editorTheme, highlighting } from './code-theme';

export interface CodeEditorProps {
  id: string;
  /** Names the editor for those who cannot see its label. */
  label: string;
  describedBy: string | undefined;
  value: string;
  onChange: (value: string) => void;
  /** What the function would be called with; undefined when nothing is known. */
  sample: JsonValue | undefined;
}

/** What lists can do that people reach for. */
const ofLists = ['map', 'filter', 'find', 'reduce', 'some', 'every', 'flatMap', 'toSorted', 'slice', 'join', 'length'];

export default function CodeEditor({ id, label, describedBy, value, onChange, sample }: CodeEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  // The editor lives longer than one rendering; what it asks for is always the newest.
  const latest = useRef({ id, label, describedBy, onChange, sample, value });
  latest.current = { id, label, describedBy, onChange, sample, value };
  const attributes = useRef(new Compartment());

  useEffect(() => {
    if (place.current === null) return;
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          ...basics,
          autocompletion({ override: [completeInput, completeLocals], activateOnTyping: true }),
          attributes.current.of(attributesOf(latest.current)),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;

    function completeInput(context: CompletionContext): CompletionResult | null {
      const known = latest.current.sample;
      if (known === undefined) return null;
      const whole = context.state.doc.toString();
      const found = completableAt(whole.slice(0, context.pos), whole, known);
      if (found === null) return null;
      const options = found.isList
        ? ofLists.map((name) => ({ label: name, type: name === 'length' ? 'property' : 'method' }))
        : found.members.map(({ name, value: of }) => {
            const { text, kind } = summarise(of);
            return { label: name, type: 'property', detail: kind, info: text, boost: 1 };
          });
      return { from: found.from, options, validFor: /^[\w$]*$/ };
    }

    // A key that the editor took is not for the dialog around it.
    const keepEscape = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && event.defaultPrevented) event.stopPropagation();
    };
    place.current.addEventListener('keydown', keepEscape);
    return () => {
      view.current = null;
      editor.destroy();
    };
  }, []);

  // What describes it comes and goes with its faults, while somebody is typing.
  useEffect(() => {
    view.current?.dispatch({
      effects: attributes.current.reconfigure(attributesOf({ id, label, describedBy })),
    });
  }, [id, label, describedBy]);

  // Undone, or changed elsewhere: the text follows the document.
  useEffect(() => {
    const editor = view.current;
    if (editor === null || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  return <div ref={place} className="code-editor" data-own-undo="" />;
}

const attributesOf = ({ id, label, describedBy }: Pick<CodeEditorProps, 'id' | 'label' | 'describedBy'>): Extension =>
  EditorView.contentAttributes.of({
    id,
    'aria-label': label,
    'aria-multiline': 'true',
    ...(describedBy === undefined ? {} : { 'aria-describedby': describedBy }),
  });

function completeLocals(context: CompletionContext): CompletionResult | null | Promise<CompletionResult | null> {
  return context.matchBefore(/\.\s*[\w$]*/) ? null : localCompletionSource(context);
}

/** Whether types are written or not, the grammar of TypeScript reads both. */
const language = new LanguageSupport(typescriptLanguage, [
  javascriptLanguage.data.of({ closeBrackets: { brackets: ['(', '[', '{', "'", '"', '`'] } }),
]);

/** Marks the first fault that would stop publishing. */
const faults = linter(
  ({ state }): Diagnostic[] => {
    const source = state.doc.toString();
    if (source.trim() === '') return [];
    const reading = readSource(source);
    if (reading.isValid) return [];
    const { line, column, message } = reading.fault;
    const written = state.doc.line(Math.min(line, state.doc.lines));
    const from = Math.min(written.from + column - 1, written.to);
    return [{ from, to: Math.min(from + 1, written.to), severity: 'error', message }];
  },
  { delay: 300 },
);

const basics: readonly Extension[] = [
  lineNumbers(),
  lintGutter(),
  history(),
  drawSelection(),
  indentOnInput(),
  indentUnit.of('  '),
  bracketMatching(),
  closeBrackets(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  language,
  syntaxHighlighting(highlighting),
  editorTheme,
  faults,
  keymap.of([
    ...closeBracketsKeymap,
    ...defaultKeymap,
    ...historyKeymap,
    ...completionKeymap,
    ...lintKeymap,
    indentWithTab,
  ]),
];
