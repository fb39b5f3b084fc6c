import type { ComponentChildren } from 'preact';

/** A word about a state. The words say it; the colour repeats it. */
export function Badge(props: { kind?: 'yes' | 'no' | 'wait'; children: ComponentChildren }) {
    return <span class={`badge ${props.kind ?? ''}`}>{props.children}</span>;
}
