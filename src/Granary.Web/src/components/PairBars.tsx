export interface PairRow {
    name: string;
    /** One value for each series. */
    values: readonly [number, number];
}

/** Two bars for each row, with its name above them, so that long names fit on a narrow screen. */
export function PairBars(props: {
    title: string;
    series: readonly [string, string];
    rows: readonly PairRow[];
    format: (value: number) => string;
}) {
    const most = Math.max(...props.rows.flatMap((r) => r.values.map(Math.abs)), 1e-12);
    return (
        <figure class="chart">
            <figcaption>
                <span class="name">{props.title}</span>
                <span class="soft legend">
                    <span>
                        <i class="key first" /> {props.series[0]}
                    </span>
                    <span>
                        <i class="key second" /> {props.series[1]}
                    </span>
                </span>
            </figcaption>
            <dl class="pairbars">
                {props.rows.map((r) => (
                    <div key={r.name}>
                        <dt title={r.name}>{r.name}</dt>
                        {r.values.map((v, i) => (
                            <dd key={props.series[i]}>
                                <span class="hidden">{props.series[i]}</span>
                                <i class={i === 0 ? 'first' : 'second'} style={{ width: `calc((100% - 64px) * ${Math.abs(v) / most})` }} />
                                <span>{props.format(v)}</span>
                            </dd>
                        ))}
                    </div>
                ))}
            </dl>
        </figure>
    );
}
