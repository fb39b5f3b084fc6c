import type { ComponentChildren } from 'preact';

/** What went wrong, in one sentence; nothing where nothing did. */
export function Wrong(props: { children: ComponentChildren }) {
    const { children } = props;
    if (children === undefined || children === null || children === '' || children === false) return null;
    return (
        <p class="notice wrong" role="alert">
            {children}
        </p>
    );
}
