export interface PairRow {
    name: string;
    /** One value for each series. */
    values: readonly [number, number];
}

/** The common axis of some bars: where zero is, and the length of a bar, as shares of the width. Losses lie to the left of zero. */
export function axisOf(values: readonly number[]): { zero: number; share: (value: number) => number } {
    const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
    const width = Math.max(high - low, 1e-12);
    return { zero: Math.abs(low) / width, share: (value) => Math.abs(value) / width };
}

/** Two bars for each row, with its name above them, so that long names fit on a narrow screen. */
export function PairBars(props: {
    title: string;
    series: readonly [string, string];
    rows: readonly PairRow[];
    format: (value: number) => string;
}) {
    const values = props.rows.flatMap((r) => [...r.values]);
    const { zero, share } = axisOf(values);
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
                                <span class="bars" aria-hidden="true">
                                    <span style={{ width: `${100 * (v < 0 ? zero - share(v) : zero)}%` }} />
                                    <i class={i === 0 ? 'first' : 'second'} style={{ width: `${100 * share(v)}%` }} />
                                    {zero > 0 && <span class="zero" style={{ left: `${100 * zero}%` }} />}
                                </span>
                                <span>{props.format(v)}</span>
                            </dd>
                        ))}
                    </div>
                ))}
            </dl>
        </figure>
    );
}
