export interface BarRow {
    name: string;
    value: number;
    /** The value as text. */
    text: string;
}

/** Shares of a whole beside their names, the largest first as given. */
export function ShareBars(props: { title: string; unit?: string; rows: readonly BarRow[] }) {
    const most = Math.max(...props.rows.map((r) => Math.abs(r.value)), 1e-12);
    return (
        <figure class="chart">
            <figcaption>
                <span class="name">{props.title}</span>
                {props.unit && <span class="soft">{props.unit}</span>}
            </figcaption>
            <dl class="shares">
                {props.rows.map((r) => (
                    <div key={r.name}>
                        <dt title={r.name}>{r.name}</dt>
                        <dd>
                            <i class={r.value < 0 ? 'loss' : 'gain'} style={{ width: `${(100 * Math.abs(r.value)) / most}%` }} />
                            <span>{r.text}</span>
                        </dd>
                    </div>
                ))}
            </dl>
        </figure>
    );
}
