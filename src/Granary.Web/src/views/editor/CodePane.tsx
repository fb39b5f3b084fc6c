import { forceLinting } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'preact/hooks';
import { extensions, offsetOf, type Calls } from './extensions';

/** What the page does with the editor. */
export interface Pane {
    /** Puts the cursor at a place of a message. */
    goTo: (line: number, column: number) => void;
    /** Compiles the text at once. */
    check: () => void;
}

/**
 * The source in CodeMirror. It is in a shadow root, where the editor adds its styles as constructed sheets: the policy of the server refuses
 * the style elements that it would add to the page. It reads `text` once: give it another key for another text.
 */
export function CodePane(props: { text: string; calls: Calls; onReady: (pane: Pane) => void }) {
    const place = useRef<HTMLDivElement>(null);
    const latest = useRef(props.calls);
    latest.current = props.calls;
    const first = useRef(props);
    first.current = props;

    useEffect(() => {
        const host = place.current;
        if (host === null) return;
        const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
        const editor = new EditorView({
            state: EditorState.create({ doc: first.current.text, extensions: extensions(() => latest.current) }),
            parent: root,
            root,
        });
        // Reachable by keyboard, so that wide lines can be scrolled without the cursor.
        editor.scrollDOM.tabIndex = 0;
        first.current.onReady({
            goTo: (line, column) => {
                const anchor = offsetOf(editor.state.doc, line, column);
                editor.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
                editor.focus();
            },
            check: () => forceLinting(editor),
        });
        return () => editor.destroy();
    }, []);

    return <div class="pane" ref={place} />;
}
