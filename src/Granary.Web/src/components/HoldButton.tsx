import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** Time for which the button is held, milliseconds. */
const time = 1200;

/** A button for an action that cannot be undone: it acts after it was held, with the pointer, the space bar or Enter. */
export function HoldButton(props: { onHeld: () => void; disabled?: boolean; children: ComponentChildren }) {
    const [held, setHeld] = useState(false);
    const timer = useRef<ReturnType<typeof setTimeout>>();
    const release = () => {
        clearTimeout(timer.current);
        timer.current = undefined;
        setHeld(false);
    };
    const hold = () => {
        if (props.disabled || timer.current !== undefined) return;
        setHeld(true);
        timer.current = setTimeout(() => {
            release();
            props.onHeld();
        }, time);
    };
    useEffect(() => release, []);
    const isKey = (e: KeyboardEvent) => e.key === ' ' || e.key === 'Enter';
    return (
        <button
            type="button"
            class={`danger hold ${held ? 'held' : ''}`}
            style={{ '--hold': `${time}ms` }}
            disabled={props.disabled}
            onPointerDown={hold}
            onPointerUp={release}
            onPointerLeave={release}
            onPointerCancel={release}
            onKeyDown={(e) => {
                if (!isKey(e)) return;
                e.preventDefault();
                hold();
            }}
            onKeyUp={release}
            onBlur={release}
        >
            {props.children}
        </button>
    );
}
