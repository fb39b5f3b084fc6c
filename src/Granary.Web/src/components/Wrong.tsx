import type { ComponentChildren } from 'preact';

/** An error as one sentence; nothing without an error. */
export function Wrong(props: { children: ComponentChildren }) {
    const { children } = props;
    if (children === undefined || children === null || children === '' || children === false) return null;
    return (
        <p class="notice wrong" role="alert">
            {children}
        </p>
    );
}
