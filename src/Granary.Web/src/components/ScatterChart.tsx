import { useEffect, useRef, useState } from 'preact/hooks';

export interface ScatterPoint {
    x: number;
    y: number;
    /** The text of its tooltip, and its label if the chart names its points. */
    name: string;
}

interface Props {
    title: string;
    /** A sentence for screen readers about the content of the chart. */
    summary: string;
    /** The measure of the horizontal axis. */
    across: string;
    /** The measure of the vertical axis. */
    up: string;
    /** A line through points. */
    path: { name: string; points: readonly { x: number; y: number }[] };
    /** Points without labels. */
    cloud: { name: string; points: readonly ScatterPoint[] };
    /** Points with labels. */
    named: { name: string; points: readonly ScatterPoint[] };
    format: (value: number) => string;
}

const height = 320;
const room = { left: 52, right: 14, top: 20, bottom: 40 };
const line = 15;

/** Round values from the least to the greatest, zero included. */
export function ticksOf(values: readonly number[], about: number): number[] {
    const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
    const rough = (high - low || 1) / about;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * ([1, 2, 2.5, 5, 10].find((digit) => rough / power <= digit * (1 + 1e-9)) ?? 10);
    const first = Math.floor(low / step + 1e-9);
    const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
    return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

/** Vertical places of labels, none of which covers another one that is near on the horizontal. */
export function placesOf(points: readonly { x: number; y: number }[], reach: number): number[] {
    const places: number[] = [];
    const order = points.map((_, i) => i).sort((a, b) => (points[a]?.y ?? 0) - (points[b]?.y ?? 0));
    const placed: { x: number; y: number }[] = [];
    for (const i of order) {
        const { x, y } = points[i] ?? { x: 0, y: 0 };
        const candidates = Array.from({ length: 2 * points.length }, (_, k) => y + (k % 2 === 0 ? -1 : 1) * Math.ceil(k / 2) * line);
        const free = candidates.find((c) => placed.every((p) => Math.abs(p.x - x) > reach || Math.abs(p.y - c) >= line - 1)) ?? y;
        placed.push({ x, y: free });
        places[i] = free;
    }
    return places;
}

/** Points of two measures, with a line through some of them. */
export function ScatterChart(props: Props) {
    const { path, cloud, named, format } = props;
    const stage = useRef<HTMLDivElement>(null);
    const [width, setWidth] = useState(0);
    useEffect(() => {
        const element = stage.current;
        if (element === null) return;
        const resize = new ResizeObserver(() => setWidth(element.clientWidth));
        resize.observe(element);
        return () => resize.disconnect();
    }, []);
    const all = [...path.points, ...cloud.points, ...named.points];
    const xs = ticksOf(
        all.map((p) => p.x),
        Math.max(2, Math.min(8, Math.floor(width / 90))),
    );
    const ys = ticksOf(
        all.map((p) => p.y),
        5,
    );
    const share = (ticks: number[], v: number) => (v - (ticks[0] ?? 0)) / ((ticks.at(-1) ?? 1) - (ticks[0] ?? 0));
    const x = (v: number) => room.left + share(xs, v) * Math.max(0, width - room.left - room.right);
    const y = (v: number) => height - room.bottom - share(ys, v) * (height - room.top - room.bottom);
    const places = placesOf(
        named.points.map((p) => ({ x: x(p.x), y: y(p.y) })),
        width / 2,
    );
    return (
        <figure class="chart">
            <figcaption>
                <span class="name">{props.title}</span>
                <span class="soft legend">
                    <span>
                        <i class="key path" /> {path.name}
                    </span>
                    <span>
                        <i class="key cloud" /> {cloud.name}
                    </span>
                    <span>
                        <i class="key named" /> {named.name}
                    </span>
                </span>
            </figcaption>
            <div class="stage scatter" ref={stage} style={{ height }}>
                {width > 0 && (
                    <svg width={width} height={height} role="img" aria-label={props.summary}>
                        {ys.map((v) => (
                            <g key={v} class={v === 0 ? 'zero' : undefined}>
                                <line x1={room.left} x2={width - room.right} y1={y(v)} y2={y(v)} />
                                <text class="end" x={room.left - 7} y={y(v) + 4}>
                                    {format(v)}
                                </text>
                            </g>
                        ))}
                        {xs.map((v) => (
                            <text key={v} class="middle" x={x(v)} y={height - room.bottom + 17}>
                                {format(v)}
                            </text>
                        ))}
                        <text x={0} y={11}>
                            {props.up}
                        </text>
                        <text class="end" x={width - room.right} y={height - 6}>
                            {props.across}
                        </text>
                        <polyline points={path.points.map((p) => `${x(p.x)},${y(p.y)}`).join(' ')} />
                        {cloud.points.map((p) => (
                            <circle key={p.name} class="cloud" cx={x(p.x)} cy={y(p.y)} r={3.5}>
                                <title>{`${p.name}: ${format(p.y)}, ${format(p.x)}`}</title>
                            </circle>
                        ))}
                        {named.points.map((p, i) => {
                            const side = x(p.x) > width / 2 ? -1 : 1;
                            const place = places[i] ?? y(p.y);
                            return (
                                <g key={p.name} class="named">
                                    {place !== y(p.y) && <line x1={x(p.x)} y1={y(p.y)} x2={x(p.x) + 9 * side} y2={place} />}
                                    <circle cx={x(p.x)} cy={y(p.y)} r={4.5}>
                                        <title>{`${p.name}: ${format(p.y)}, ${format(p.x)}`}</title>
                                    </circle>
                                    <text class={side < 0 ? 'end' : undefined} x={x(p.x) + 11 * side} y={place + 4}>
                                        {p.name}
                                    </text>
                                </g>
                            );
                        })}
                    </svg>
                )}
            </div>
        </figure>
    );
}
