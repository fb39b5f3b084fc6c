import type { ComponentChildren } from 'preact';

/** A state in a word or two; the colour repeats the meaning. */
export function Badge(props: { kind?: 'yes' | 'no' | 'wait'; children: ComponentChildren }) {
    return <span class={`badge ${props.kind ?? ''}`}>{props.children}</span>;
}
