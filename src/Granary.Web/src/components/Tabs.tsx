export interface Tab {
    id: string;
    title: string;
}

/** The parts of a view; the address names the one that is shown. */
export function Tabs(props: { label: string; tabs: readonly Tab[]; shown: string; onShow: (id: string) => void }) {
    return (
        <nav class="tabs wrap" aria-label={props.label}>
            {props.tabs.map((t) => (
                <button
                    key={t.id}
                    type="button"
                    aria-current={t.id === props.shown ? 'page' : undefined}
                    onClick={() => props.onShow(t.id)}
                >
                    {t.title}
                </button>
            ))}
        </nav>
    );
}
