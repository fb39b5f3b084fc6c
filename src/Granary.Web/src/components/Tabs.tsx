import { useSearch } from '../api/useSearch';

export interface Tab {
    /** The value of `tab` in the address; '' for the first. */
    id: string;
    title: string;
}

/** The parts of a view. The address names the one that is shown, so that each part is a link. */
export function Tabs(props: {
    label: string;
    tabs: readonly Tab[];
    shown: string | undefined;
    /** Parameters that a tab removes from the address. */
    without?: readonly string[];
}) {
    const { hrefOf } = useSearch();
    return (
        <nav class="tabs" aria-label={props.label}>
            {props.tabs.map((t) => (
                <a
                    key={t.id}
                    href={hrefOf({ ...Object.fromEntries((props.without ?? []).map((name) => [name, ''])), tab: t.id })}
                    aria-current={t.id === props.shown ? 'page' : undefined}
                >
                    {t.title}
                </a>
            ))}
        </nav>
    );
}
