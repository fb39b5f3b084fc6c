import { useId } from 'preact/hooks';

export interface BarRow {
    name: string;
    value: number;
    /** What the value is, as text. */
    text: string;
}

const [width, height, bottom] = [640, 150, 18];

/** Values side by side, gains above the line and losses below. */
export function BarChart(props: { title: string; unit?: string; rows: readonly BarRow[] }) {
    const { rows } = props;
    const title = useId();
    const high = Math.max(0, ...rows.map((r) => r.value));
    const low = Math.min(0, ...rows.map((r) => r.value));
    const scale = (height - bottom) / (high - low || 1);
    const zero = high * scale;
    const step = width / Math.max(rows.length, 8);
    const labelled = Math.max(1, Math.ceil(100 / step));
    return (
        <figure class="chart">
            <figcaption>
                <span class="name" id={title}>
                    {props.title}
                </span>
                {props.unit && <span class="soft">{props.unit}</span>}
            </figcaption>
            <svg class="bars" viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby={title}>
                {rows.map((r, i) => {
                    const size = Math.max(Math.abs(r.value) * scale, r.value === 0 ? 0 : 1);
                    return (
                        <g key={r.name}>
                            <title>{`${r.name}: ${r.text}`}</title>
                            <rect class="hit" x={i * step} y={0} width={step} height={height - bottom} />
                            <rect
                                class={r.value < 0 ? 'loss' : 'gain'}
                                x={i * step + step * 0.14}
                                y={r.value < 0 ? zero : zero - size}
                                width={step * 0.72}
                                height={size}
                            />
                            {(rows.length - 1 - i) % labelled === 0 && (
                                <text x={Math.min(Math.max(i * step + step / 2, 32), width - 32)} y={height - 3}>
                                    {r.name}
                                </text>
                            )}
                        </g>
                    );
                })}
                <line x1={0} x2={width} y1={zero} y2={zero} />
            </svg>
        </figure>
    );
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
