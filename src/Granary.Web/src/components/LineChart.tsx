import { effect } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { number } from '../format/numbers';
import { time, zoneOf } from '../format/times';
import { colour, shownTheme } from '../theme/settings';
import { pointer } from './pointer';

export interface Line {
    name: string;
    /** One value for each time; null for a gap. */
    values: (number | null)[];
    /** A colour of theme.css, such as s1 or loss. */
    colour: string;
    /** Fills the area between the line and zero. */
    filled?: boolean;
    /** Whether the line is dashed, or its dashes and gaps in pixels. */
    dashed?: boolean | readonly number[];
    /** Bars from zero, coloured as gains and losses by their values, or by x if {@link Props.plain} is set. */
    bars?: boolean;
    /** A point for each value, and no line. */
    dots?: boolean;
    /** An edge of a band: without a line, but with its values below the chart. */
    edge?: boolean;
}

/** The area between two lines. */
export interface Band {
    /** Indices of the lines. */
    high: number;
    low: number;
    /** A colour of theme.css. */
    colour: string;
    /** Percent of the colour. */
    strength: number;
}

interface Props {
    title: string;
    /** A sentence for screen readers about the content of the chart. */
    summary: string;
    /** Seconds since 1970, or plain numbers with {@link Props.plain}. */
    x: number[];
    lines: Line[];
    /** Shaded behind the lines. */
    bands?: Band[];
    unit?: string;
    /** Formats a value; default: two decimals. */
    format?: (value: number) => string;
    height?: number;
    /** Offers a logarithmic scale, where all values are positive. */
    canLog?: boolean;
    /** Makes x a number instead of a time, and formats it. */
    plain?: (x: number) => string;
    /** Called after a zoom with seconds since 1970; null for the whole. */
    onZoom?: (range: { from: number; to: number } | null) => void;
}

/** Labels of a time axis: the part that changes with each tick, and below it the longer period at its first tick. */
const ticks: uPlot.Axis.Values = [
    [365 * 86_400, '{YYYY}', null, null, null, null, null, null, 1],
    [86_400, '{MM}-{DD}', '\n{YYYY}', null, null, null, null, null, 1],
    [60, '{HH}:{mm}', '\n{YYYY}-{MM}-{DD}', null, '\n{MM}-{DD}', null, null, null, 1],
    [1, '{HH}:{mm}:{ss}', '\n{YYYY}-{MM}-{DD}', null, '\n{MM}-{DD}', null, null, null, 1],
];

const bars = uPlot.paths.bars?.({
    size: [0.7, 60],
    disp: {
        fill: {
            unit: 3,
            values: (u, i) => [...(u.data[u.scales.x?.time ? i : 0] ?? [])].map((v) => colour((v ?? 0) < 0 ? 'loss' : 'gain')),
        },
    },
});

/** Extends the axis by half a bar at each end, so that the outermost bars are complete. */
const roomForBars: uPlot.Scale.Range = (u, min, max) => {
    const [only, second] = u.data[0];
    if (only === undefined) return [min, max];
    // Of a single value the library would show years.
    if (second === undefined) {
        const half = u.scales.x?.time ? 43_200 : 0.5;
        return [only - half, only + half];
    }
    const half = (max - min) / (2 * (u.data[0].length - 1));
    return [min - half, max + half];
};

/** The range of values as usual; bars begin at 0, and values that are all 0 are not shown on an axis of 10,000 %. */
const rangeOf =
    (hasBars: boolean): uPlot.Scale.Range =>
    (_, min, max) => {
        if ((min as number | null) === null) return [null, null];
        const [low, high] = hasBars ? [Math.min(0, min), Math.max(0, max)] : [min, max];
        return low === 0 && high === 0 ? [-0.01, 0.01] : uPlot.rangeNum(low, high, 0.1, true);
    };

/** Texts of an axis: decimals that are zero at each of its ticks are left out. */
const withoutZeros = (texts: string[]) => (texts.every((t) => t.endsWith('.00')) ? texts.map((t) => t.slice(0, -3)) : texts);

/** Curves over time. Drag to zoom, double-click for the whole. */
export function LineChart(props: Props) {
    const stage = useRef<HTMLDivElement>(null);
    const latest = useRef(props);
    latest.current = props;
    const chart = useRef<uPlot | null>(null);
    const follow = useRef<(() => void) | null>(null);
    const { x, lines, title } = props;
    const plain = props.plain !== undefined;
    const height = props.height ?? 240;
    const theme = shownTheme.value;
    const shownZone = zoneOf();
    const [wantsLog, setLog] = useState(false);
    const canLog = props.canLog === true && lines.every((l) => l.values.every((v) => v === null || v > 0));
    const log = canLog && wantsLog;
    const shape = lines.map((l) => `${l.name}|${l.colour}|${l.filled}|${l.dashed}|${l.edge}`).join();

    useEffect(() => {
        const element = stage.current;
        if (element === null) return;
        const across = (v: number) => (latest.current.plain ?? String)(v);
        const format = (v: number) => (latest.current.format ?? ((n: number) => number(n, 2)))(v);
        const hasBars = latest.current.lines.some((l) => l.bars === true);
        const axis: uPlot.Axis = {
            stroke: colour('soft'),
            font: '12px system-ui, sans-serif',
            grid: { stroke: colour('line'), width: 1 },
            ticks: { show: false },
        };
        const plot = new uPlot(
            {
                width: element.clientWidth,
                height,
                tzDate: (s) => uPlot.tzDate(new Date(s * 1000), shownZone),
                scales: {
                    x: { time: !plain, ...(hasBars ? { range: roomForBars } : {}) },
                    // The distances of logarithms, with the round numbers of a linear axis.
                    y: log ? { distr: 100 as const, fwd: Math.log, bwd: Math.exp } : { range: rangeOf(hasBars) },
                },
                legend: { live: true },
                cursor: { drag: { x: true, y: false }, points: { size: 6 } },
                axes: [
                    plain ? { ...axis, space: 70, values: (_, values) => values.map(across) } : { ...axis, space: 70, values: ticks },
                    { ...axis, size: 74, filter: (_, splits) => splits, values: (_, values) => withoutZeros(values.map(format)) },
                ],
                bands: (latest.current.bands ?? []).map((b) => ({
                    series: [b.high + 1, b.low + 1],
                    fill: `color-mix(in srgb, ${colour(b.colour)} ${b.strength}%, transparent)`,
                })),
                series: [
                    { value: (_, v) => (v === null ? '–' : plain ? across(v) : time(v * 1000)), label: plain ? '' : 'Time' },
                    ...latest.current.lines.map((l): uPlot.Series => ({
                        label: l.name,
                        stroke: colour(l.colour),
                        width: l.edge ? 0 : 1.6,
                        // A line of one value has nothing to connect, so that it is drawn as a point.
                        points: {
                            show: (u, i) =>
                                l.dots === true || [...(u.data[i] ?? [])].filter((v) => v !== null && v !== undefined).length === 1,
                            size: l.dots ? 4 : 7,
                            fill: colour(l.dots ? l.colour : 'paper'),
                        },
                        ...(l.dots ? { paths: () => null } : {}),
                        ...(l.dashed ? { dash: l.dashed === true ? [6, 3] : [...l.dashed] } : {}),
                        ...(l.bars && bars ? { paths: bars, fill: colour('gain'), width: 0 } : {}),
                        ...(l.filled ? { fill: `color-mix(in srgb, ${colour(l.colour)} 16%, transparent)` } : {}),
                        value: (_, v) => (v === null ? '–' : format(v)),
                    })),
                ],
                hooks: {
                    setCursor: [
                        (u) => {
                            // New values, or the pointer of another chart, move it too.
                            if (plain || (!u.over.matches(':hover') && pointer.value?.by !== u)) return;
                            const time = u.data[0][u.cursor.idx ?? -1];
                            pointer.value = time === undefined ? null : { time, by: u };
                        },
                    ],
                    setSelect: [
                        (u) =>
                            latest.current.onZoom?.({
                                from: u.posToVal(u.select.left, 'x'),
                                to: u.posToVal(u.select.left + u.select.width, 'x'),
                            }),
                    ],
                },
            },
            [latest.current.x, ...latest.current.lines.map((l) => l.values)] as uPlot.AlignedData,
            element,
        );
        const whole = () => latest.current.onZoom?.(null);
        plot.over.addEventListener('dblclick', whole);
        chart.current = plot;
        const point = () => {
            const to = pointer.value;
            if (plain || to?.by === plot) return;
            plot.setCursor(to ? { left: plot.valToPos(to.time, 'x'), top: 0 } : { left: -10, top: -10 }, false);
        };
        follow.current = point;
        const leave = effect(point);
        const resize = new ResizeObserver(() => {
            if (element.clientWidth !== plot.width) plot.setSize({ width: element.clientWidth, height });
        });
        resize.observe(element);
        return () => {
            leave();
            resize.disconnect();
            plot.destroy();
            chart.current = null;
            follow.current = null;
        };
    }, [height, plain, theme, shownZone, shape, log]);

    useEffect(() => {
        chart.current?.setData([x, ...lines.map((l) => l.values)] as uPlot.AlignedData);
        // The values are drawn in a microtask, and the pointer's time may be at another place then.
        queueMicrotask(() => follow.current?.());
    }, [x, lines]);

    return (
        <figure class="chart">
            <figcaption>
                <span class="name">{title}</span>
                <span class="tools">
                    {props.unit && <span class="soft">{props.unit}</span>}
                    {canLog && (
                        <button type="button" aria-label={`Log scale of ${title}`} aria-pressed={log} onClick={() => setLog(!log)}>
                            Log
                        </button>
                    )}
                </span>
            </figcaption>
            <div class="stage plot" role="img" aria-label={props.summary} ref={stage} style={{ minHeight: height + 28 }} />
        </figure>
    );
}
