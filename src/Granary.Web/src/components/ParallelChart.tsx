import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { colour, shownTheme } from '../theme/settings';
import { shareOf, ticksOf, type Scale } from './scale';

/** An item of parallel coordinates. */
export interface ParallelItem {
    id: number;
    /** One for each axis; NaN interrupts the line. */
    values: readonly number[];
    /** A colour of theme.css. */
    colour: string;
    opacity: number;
    width?: number;
}

interface Props {
    title: string;
    /** A sentence for screen readers about the content of the chart. */
    summary: string;
    legend?: ComponentChildren;
    axes: readonly Scale[];
    /** The last ones are drawn on top. */
    items: readonly ParallelItem[];
    height?: number;
    pointed: number | null;
    onPoint: (id: number | null) => void;
    onOpen?: (id: number) => void;
    tip: (id: number) => ComponentChildren;
}

const [top, side, bottom, reach] = [8, 30, 42, 12];

/** Parallel coordinates: an axis for each measure, and a line for each item through its values. */
export function ParallelChart(props: Props) {
    const { axes, items, pointed, onPoint } = props;
    const canvas = useRef<HTMLCanvasElement>(null);
    const stage = useRef<HTMLDivElement>(null);
    const [width, setWidth] = useState(0);
    const [here, setHere] = useState<{ x: number; y: number } | null>(null);
    const height = props.height ?? 300;
    const theme = shownTheme.value;
    const x = (axis: number) => side + (axis / Math.max(1, axes.length - 1)) * (width - 2 * side);
    const y = (axis: number, v: number) => top + (1 - shareOf(axes[axis] as Scale, v)) * (height - top - bottom);

    useEffect(() => {
        const element = stage.current;
        if (element === null) return;
        setWidth(element.clientWidth);
        const resize = new ResizeObserver(() => setWidth(element.clientWidth));
        resize.observe(element);
        return () => resize.disconnect();
    }, []);

    useEffect(() => {
        const pen = canvas.current?.getContext('2d');
        if (!canvas.current || !pen || width === 0) return;
        const ratio = devicePixelRatio || 1;
        canvas.current.width = width * ratio;
        canvas.current.height = height * ratio;
        pen.scale(ratio, ratio);
        const atX = (axis: number) => side + (axis / Math.max(1, axes.length - 1)) * (width - 2 * side);
        const atY = (axis: number, v: number) => top + (1 - shareOf(axes[axis] as Scale, v)) * (height - top - bottom);
        for (const item of items) {
            pen.globalAlpha = item.opacity;
            pen.strokeStyle = colour(item.colour);
            pen.lineWidth = item.width ?? 1.1;
            pen.beginPath();
            let down = false;
            item.values.forEach((v, i) => {
                if (!Number.isFinite(v)) down = false;
                else if (down) pen.lineTo(atX(i), atY(i, v));
                else {
                    pen.moveTo(atX(i), atY(i, v));
                    down = true;
                }
            });
            pen.stroke();
        }
        pen.globalAlpha = 1;
        pen.font = '12px system-ui, sans-serif';
        axes.forEach((scale, i) => {
            const at = Math.round(atX(i)) + 0.5;
            pen.strokeStyle = colour('strong');
            pen.lineWidth = 1;
            pen.beginPath();
            pen.moveTo(at, top);
            pen.lineTo(at, height - bottom);
            pen.stroke();
            const last = i === axes.length - 1;
            pen.textAlign = last ? 'right' : 'left';
            pen.textBaseline = 'middle';
            pen.lineWidth = 4;
            pen.strokeStyle = colour('paper');
            for (const tick of ticksOf(scale, 3)) {
                const text = scale.names?.[tick] ?? scale.format(tick);
                pen.strokeText(text, at + (last ? -5 : 5), atY(i, tick), 80);
                pen.fillStyle = colour('soft');
                pen.fillText(text, at + (last ? -5 : 5), atY(i, tick), 80);
            }
            // Names stand in two rows, so that neighbours do not touch on a narrow page.
            pen.textAlign = i === 0 ? 'left' : last ? 'right' : 'center';
            pen.textBaseline = 'alphabetic';
            pen.fillStyle = colour('ink');
            pen.fillText(scale.title, i === 0 ? 0 : last ? width : at, height - bottom + (i % 2 === 0 ? 18 : 36));
        });
    }, [axes, items, width, height, theme]);

    const nearest = (e: PointerEvent | MouseEvent): number | null => {
        const box = canvas.current?.getBoundingClientRect();
        if (!box || axes.length < 2) return null;
        const [atX, atY] = [e.clientX - box.left, e.clientY - box.top];
        const between = Math.min(Math.max(((atX - side) / (width - 2 * side)) * (axes.length - 1), 0), axes.length - 1);
        const i = Math.min(Math.floor(between), axes.length - 2);
        let [best, least]: [number | null, number] = [null, reach];
        for (const item of items) {
            const [from, to] = [item.values[i] ?? Number.NaN, item.values[i + 1] ?? Number.NaN];
            const far = Math.abs(y(i, from) + (y(i + 1, to) - y(i, from)) * (between - i) - atY);
            if (far <= least) [best, least] = [item.id, far];
        }
        return best;
    };
    const shown = pointed === null ? undefined : items.findLast((i) => i.id === pointed);
    const path = shown?.values
        .map((v, i) => (Number.isFinite(v) ? `${i > 0 && Number.isFinite(shown.values[i - 1]) ? 'L' : 'M'}${x(i)} ${y(i, v)}` : ''))
        .join('');
    return (
        <figure class="chart dots">
            <figcaption>
                <span class="name">{props.title}</span>
                {props.legend && <span class="legend">{props.legend}</span>}
            </figcaption>
            <div class="stage" ref={stage} style={{ height }}>
                <canvas
                    ref={canvas}
                    role="img"
                    aria-label={props.summary}
                    style={{ width: '100%', height, cursor: here && shown && props.onOpen ? 'pointer' : 'default' }}
                    onPointerMove={(e) => {
                        const box = e.currentTarget.getBoundingClientRect();
                        setHere({ x: e.clientX - box.left, y: e.clientY - box.top });
                        onPoint(nearest(e));
                    }}
                    onPointerLeave={() => {
                        setHere(null);
                        onPoint(null);
                    }}
                    onClick={(e) => {
                        const id = nearest(e);
                        if (id !== null) props.onOpen?.(id);
                    }}
                />
                {path && width > 0 && (
                    <svg class="chosen" width={width} height={height} aria-hidden="true">
                        <path d={path} />
                    </svg>
                )}
                {shown && here && (
                    <div
                        class="tip"
                        role="status"
                        style={{
                            top: Math.min(here.y + 12, height - 70),
                            ...(here.x > width / 2 ? { right: width - here.x + 14 } : { left: here.x + 14 }),
                        }}
                    >
                        {props.tip(shown.id)}
                    </div>
                )}
            </div>
        </figure>
    );
}
