import type { ComponentChildren } from 'preact';

const dates = /(\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?)/;

/** A text whose dates stay on one line: a browser breaks lines after a hyphen. Other content is not changed. */
export function Unbroken(props: { children: ComponentChildren }) {
    const { children } = props;
    if (typeof children !== 'string' || !dates.test(children)) return <>{children}</>;
    return (
        <>
            {children.split(dates).map((part, i) =>
                i % 2 === 0 ? (
                    part
                ) : (
                    <span key={i} class="nowrap">
                        {part}
                    </span>
                ),
            )}
        </>
    );
}
