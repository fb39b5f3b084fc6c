import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, startCompletion } from '@codemirror/autocomplete';
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { csharp } from '@codemirror/legacy-modes/mode/clike';
import { linter, lintKeymap, type Diagnostic } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import type { Extension, Text } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { Problem } from '../../api/problem';
import { complete, type Message, type Suggestions } from './code';

/** What the editor calls; the functions may change while it is open. */
export interface Calls {
    name: string;
    /** Compiles the text; null if the answer is of an earlier text. */
    check: (source: string, stop: AbortSignal) => Promise<readonly Message[] | null>;
    run: () => void;
    changed: (source: string) => void;
}

/** Milliseconds without a key after which the text is compiled. */
const pause = 400;

/** The offset of a line and column of a message; places after the end of a line or of the text are its end. */
export function offsetOf(doc: Text, line: number, column: number): number {
    const at = doc.line(Math.min(Math.max(1, line), doc.lines));
    return Math.min(at.from + Math.max(0, column - 1), at.to);
}

/** A message as the editor underlines it: to the end of its word, and at least one character. */
export function diagnosticOf(doc: Text, message: Message): Diagnostic {
    const from = offsetOf(doc, message.line, message.column);
    const line = doc.lineAt(from);
    const word = /^[\p{L}\p{Nd}_]+/u.exec(line.text.slice(from - line.from))?.[0].length ?? 1;
    const to = Math.min(from + word, line.to);
    const text = `${message.severity} ${message.code}: ${message.text}`;
    // Nothing is left of the line: the character before is marked.
    return {
        from: to > from ? from : Math.max(line.from, from - 1),
        to,
        severity: message.severity === 'error' ? 'error' : 'warning',
        message: text,
    };
}

const boosts: Record<string, number> = { override: 4, local: 3, parameter: 3, field: 2, property: 1, method: 1 };

const types: Record<string, string> = {
    struct: 'class',
    delegate: 'type',
    local: 'variable',
    parameter: 'variable',
    field: 'property',
    override: 'method',
    factor: 'constant',
    line: 'constant',
    event: 'property',
};

/** A suggestion as the popup shows it, with its declaration and documentation beside. */
export function completionOf(item: Suggestions['items'][number]): Completion {
    return {
        label: item.label,
        type: types[item.kind] ?? item.kind,
        boost: boosts[item.kind] ?? 0,
        ...(item.insert ? { apply: insertion(item.insert) } : {}),
        info: () => {
            const about = document.createElement('div');
            const declaration = document.createElement('code');
            declaration.textContent = item.signature;
            about.append(declaration);
            if (item.documentation) {
                const text = document.createElement('p');
                text.textContent = item.documentation;
                about.append(text);
            }
            return about;
        },
    };
}

/** Inserts a text of several lines with the indentation of its line; the cursor goes where the text has $0. */
function insertion(text: string) {
    return (view: EditorView, _: Completion, from: number, to: number) => {
        const line = view.state.doc.lineAt(from);
        const indent = /^\s*/.exec(line.text)?.[0] ?? '';
        const whole = text.replace(/\n/g, `\n${indent}`);
        const cursor = whole.indexOf('$0');
        const insert = whole.replace('$0', '');
        view.dispatch({
            changes: { from, to, insert },
            selection: { anchor: from + (cursor < 0 ? insert.length : cursor) },
            userEvent: 'input.complete',
            scrollIntoView: true,
        });
    };
}

/** Asks the server at the cursor; an answer that comes after the next key is dropped. */
async function source(calls: () => Calls, context: CompletionContext): Promise<CompletionResult | null> {
    const word = context.matchBefore(/[\p{L}\p{Nd}_]*/u);
    const before = context.state.sliceDoc(Math.max(0, context.pos - 60), context.pos);
    const isAsked = context.explicit || (word && word.from < word.to) || /(\.|"|\boverride )$/.test(before);
    if (!isAsked) return null;
    const stop = new AbortController();
    context.addEventListener('abort', () => stop.abort(), { onDocChange: true });
    try {
        const found = await complete(calls().name, context.state.doc.toString(), context.pos, stop.signal);
        if (context.aborted || found.items.length === 0) return null;
        return { from: found.from, options: found.items.map(completionOf), validFor: /^[\p{L}\p{Nd}_]*$/u };
    } catch (e) {
        // A new key has made the answer of no use; other faults of the server are shown where the file is compiled.
        if (stop.signal.aborted || e instanceof Problem) return null;
        throw e;
    }
}

function messages(calls: () => Calls): Extension {
    return linter(
        async (view) => {
            const stop = new AbortController();
            const doc = view.state.doc;
            const found = await calls().check(doc.toString(), stop.signal);
            // The positions are those of the text that was sent; the editor drops them if it has changed.
            return (found ?? []).map((m) => diagnosticOf(doc, m));
        },
        { delay: pause },
    );
}

const colours = HighlightStyle.define([
    { tag: [tags.keyword, tags.modifier, tags.controlKeyword, tags.atom, tags.bool, tags.null], color: 'var(--s1)' },
    { tag: [tags.string, tags.special(tags.string), tags.character], color: 'var(--s2)' },
    { tag: [tags.comment, tags.lineComment, tags.blockComment], color: 'var(--soft)', fontStyle: 'italic' },
    { tag: [tags.number, tags.integer, tags.float], color: 'var(--s3)' },
    { tag: [tags.typeName, tags.className, tags.definition(tags.typeName)], color: 'var(--s4)' },
    { tag: [tags.meta, tags.processingInstruction], color: 'var(--soft)' },
]);

const mono = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace';

/** The colours are variables of theme.css, so that a change of the theme needs no other editor. */
const look = EditorView.theme({
    '&': { height: '100%', color: 'var(--ink)', backgroundColor: 'var(--paper)', fontSize: '13px' },
    '&.cm-focused': { outline: 'none' },
    '.cm-scroller': { fontFamily: mono, lineHeight: '1.55' },
    '.cm-content': { caretColor: 'var(--ink)', padding: '8px 0' },
    '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--ink)', borderLeftWidth: '2px' },
    '.cm-gutters': { backgroundColor: 'var(--wash)', color: 'var(--soft)', border: 'none', borderRight: '1px solid var(--line)' },
    '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--ink) 4%, transparent)' },
    '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
        backgroundColor: 'color-mix(in srgb, var(--accent) 26%, transparent)',
    },
    '.cm-selectionMatch': { backgroundColor: 'color-mix(in srgb, var(--accent) 14%, transparent)' },
    '&.cm-focused .cm-matchingBracket': { backgroundColor: 'transparent', outline: '1px solid var(--strong)' },
    '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'transparent', outline: '1px solid var(--loss)' },
    '.cm-tooltip': {
        backgroundColor: 'var(--paper)',
        color: 'var(--ink)',
        border: '1px solid var(--strong)',
        borderRadius: '6px',
        maxWidth: 'min(560px, calc(100vw - 24px))',
    },
    '.cm-tooltip-autocomplete > ul': { fontFamily: mono, fontSize: '13px', maxHeight: '15em' },
    '.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px', lineHeight: '1.4' },
    '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--accent)', color: 'var(--on-accent)' },
    '.cm-completionIcon': { display: 'none' },
    '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
    '.cm-completionInfo': { padding: '8px 12px', fontFamily: 'system-ui, sans-serif', fontSize: '13px', maxWidth: '380px' },
    '.cm-completionInfo code': { fontFamily: mono, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' },
    '.cm-completionInfo p': { margin: '6px 0 0', color: 'var(--soft)' },
    '.cm-diagnostic': { fontFamily: 'system-ui, sans-serif', fontSize: '13px', padding: '6px 12px', borderLeft: '3px solid var(--strong)' },
    '.cm-diagnostic-error': { borderLeftColor: 'var(--loss)' },
    '.cm-diagnostic-warning': { borderLeftColor: 'var(--notice-line)' },
    // The default is a picture in a data address.
    '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--loss)', textUnderlineOffset: '3px' },
    '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--notice-line)', textUnderlineOffset: '3px' },
    '.cm-lintPoint::after': { display: 'none' },
    '.cm-panels': { backgroundColor: 'var(--wash)', color: 'var(--ink)', borderColor: 'var(--line)' },
    '.cm-panels input, .cm-panels button': {
        font: '13px system-ui, sans-serif',
        color: 'inherit',
        background: 'var(--paper)',
        border: '1px solid var(--edge)',
        borderRadius: '6px',
    },
    '.cm-panel.cm-panel-lint ul [aria-selected]': {
        backgroundColor: 'color-mix(in srgb, var(--accent) 16%, transparent)',
        color: 'inherit',
    },
    '.cm-searchMatch': { backgroundColor: 'color-mix(in srgb, var(--notice-line) 35%, transparent)' },
});

/** Whether a line has a character that is not white before the cursor: Tab then completes nothing and indents. */
export function extensions(calls: () => Calls): Extension {
    return [
        lineNumbers(),
        history(),
        drawSelection(),
        indentUnit.of('    '),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        StreamLanguage.define(csharp),
        syntaxHighlighting(colours),
        autocompletion({ override: [(context) => source(calls, context)], activateOnTypingDelay: 60, icons: false }),
        messages(calls),
        keymap.of([
            {
                key: 'Mod-Enter',
                run: () => {
                    calls().run();
                    return true;
                },
            },
            { key: 'Ctrl-Space', run: startCompletion },
            ...closeBracketsKeymap,
            ...completionKeymap,
            ...lintKeymap,
            ...searchKeymap,
            ...historyKeymap,
            ...defaultKeymap,
            // Escape, then Tab leaves the editor: view.tabFocusMode of CodeMirror.
            indentWithTab,
        ]),
        EditorView.contentAttributes.of({ 'aria-label': 'C# source of the strategy', 'aria-describedby': 'editor-keys' }),
        EditorView.updateListener.of((update) => {
            if (update.docChanged) calls().changed(update.state.doc.toString());
        }),
        look,
    ];
}
