import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { useAction } from '../api/useAction';
import { Wrong } from './Wrong';

/** A modal dialog. Escape and a click beside it close it. */
export function Dialog(props: { title: string; onClose: () => void; children: ComponentChildren }) {
    const element = useRef<HTMLDialogElement>(null);
    const title = useId();
    useEffect(() => {
        const shown = element.current;
        if (shown && !shown.open) shown.showModal();
    }, []);
    return (
        <dialog
            ref={element}
            aria-labelledby={title}
            onClose={props.onClose}
            onClick={(e) => {
                if (e.target === element.current) element.current?.close();
            }}
        >
            <h2 id={title}>{props.title}</h2>
            {props.children}
        </dialog>
    );
}

/** Asks before something that cannot be undone. The action's fault is shown in the dialog. */
export function Confirm(props: {
    title: string;
    action: string;
    danger?: boolean;
    onConfirm: () => Promise<void>;
    onClose: () => void;
    children: ComponentChildren;
}) {
    const { run, busy, problem } = useAction(async () => {
        await props.onConfirm();
        props.onClose();
    });
    return (
        <Dialog title={props.title} onClose={props.onClose}>
            <form
                onSubmit={(e) => {
                    e.preventDefault();
                    if (!busy) run();
                }}
            >
                {props.children}
                <Wrong>{problem?.message}</Wrong>
                <div class="actions">
                    <button type="button" onClick={props.onClose}>
                        Back
                    </button>
                    <button type="submit" class={props.danger ? 'danger' : 'primary'} disabled={busy}>
                        {props.action}
                    </button>
                </div>
            </form>
        </Dialog>
    );
}
