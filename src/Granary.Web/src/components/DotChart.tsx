import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { colour, shownTheme } from '../theme/settings';
import { shareOf, ticksOf, type Scale } from './scale';

/** A point of a chart that can be pointed at. */
export interface Dot {
    /** Names what it stands for; the same in every chart of a page. */
    id: number;
    x: number;
    y: number;
    /** A colour of theme.css. */
    colour: string;
    opacity: number;
    size?: number;
}

export interface DotLine {
    colour: string;
    dashed?: boolean;
    points: readonly { x: number; y: number }[];
}

/** A shaded rectangle behind the dots. */
export interface DotCell {
    from: { x: number; y: number };
    to: { x: number; y: number };
    colour: string;
    opacity: number;
}

interface Props {
    title: ComponentChildren;
    /** A sentence for screen readers about the content of the chart. */
    summary: string;
    legend?: ComponentChildren;
    across: Scale;
    up: Scale;
    /** The last ones are drawn on top. */
    dots: readonly Dot[];
    lines?: readonly DotLine[];
    cells?: readonly DotCell[];
    height?: number;
    /** The dot that the pointer is at, in this chart or in another one. */
    pointed: number | null;
    onPoint: (id: number | null) => void;
    onOpen?: (id: number) => void;
    /** What is said of the dot that the pointer is at. */
    tip: (id: number) => ComponentChildren;
}

const [top, right, bottom, reach] = [8, 10, 38, 16];

/** Dots of two measures on a canvas, which holds thousands of them. The dot nearest to the pointer is told; a click opens it. */
export function DotChart(props: Props) {
    const { across, up, dots, lines, cells, pointed, onPoint } = props;
    const canvas = useRef<HTMLCanvasElement>(null);
    const stage = useRef<HTMLDivElement>(null);
    const [width, setWidth] = useState(0);
    const [here, setHere] = useState(false);
    const height = props.height ?? 260;
    const left = up.names ? Math.min(96, 16 + 7 * Math.max(...up.names.map((n) => n.length))) : 52;
    const theme = shownTheme.value;
    const x = (v: number) => left + shareOf(across, v) * (width - left - right);
    const y = (v: number) => top + (1 - shareOf(up, v)) * (height - top - bottom);

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
        const atX = (v: number) => left + shareOf(across, v) * (width - left - right);
        const atY = (v: number) => top + (1 - shareOf(up, v)) * (height - top - bottom);
        axes(pen, { across, up, left, width, height, atX, atY });
        for (const cell of cells ?? []) {
            const [x1, x2, y1, y2] = [atX(cell.from.x), atX(cell.to.x), atY(cell.from.y), atY(cell.to.y)];
            pen.globalAlpha = cell.opacity;
            pen.fillStyle = colour(cell.colour);
            pen.fillRect(Math.min(x1, x2) + 0.5, Math.min(y1, y2) + 0.5, Math.abs(x2 - x1) - 1, Math.abs(y2 - y1) - 1);
        }
        const colours = new Map<string, string>();
        for (const dot of dots) {
            if (!colours.has(dot.colour)) colours.set(dot.colour, colour(dot.colour));
            pen.globalAlpha = dot.opacity;
            pen.fillStyle = colours.get(dot.colour) ?? '';
            pen.beginPath();
            pen.arc(atX(dot.x), atY(dot.y), dot.size ?? 2.6, 0, 2 * Math.PI);
            pen.fill();
        }
        pen.globalAlpha = 1;
        pen.lineWidth = 1.6;
        for (const line of lines ?? []) {
            pen.strokeStyle = colour(line.colour);
            pen.setLineDash(line.dashed ? [6, 4] : []);
            pen.beginPath();
            line.points.forEach((p, i) => (i === 0 ? pen.moveTo(atX(p.x), atY(p.y)) : pen.lineTo(atX(p.x), atY(p.y))));
            pen.stroke();
        }
    }, [across, up, dots, lines, cells, width, height, left, theme]);

    const nearest = (e: PointerEvent | MouseEvent): number | null => {
        const box = canvas.current?.getBoundingClientRect();
        if (!box) return null;
        let [best, least]: [number | null, number] = [null, reach ** 2];
        for (const dot of dots) {
            const far = (x(dot.x) - e.clientX + box.left) ** 2 + (y(dot.y) - e.clientY + box.top) ** 2;
            if (far <= least) [best, least] = [dot.id, far];
        }
        return best;
    };
    const shown = pointed === null ? undefined : dots.findLast((d) => d.id === pointed);
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
                        setHere(true);
                        onPoint(nearest(e));
                    }}
                    onPointerLeave={() => {
                        setHere(false);
                        onPoint(null);
                    }}
                    onClick={(e) => {
                        const id = nearest(e);
                        if (id !== null) props.onOpen?.(id);
                    }}
                />
                {shown && width > 0 && <i class="ring" style={{ left: x(shown.x), top: y(shown.y) }} />}
                {shown && here && (
                    <div
                        class="tip"
                        role="status"
                        style={{
                            top: Math.min(y(shown.y) + 12, height - 60),
                            ...(x(shown.x) > width / 2 ? { right: width - x(shown.x) + 12 } : { left: x(shown.x) + 12 }),
                        }}
                    >
                        {props.tip(shown.id)}
                    </div>
                )}
            </div>
        </figure>
    );
}

/** Lines, labels and titles of both axes. */
function axes(
    pen: CanvasRenderingContext2D,
    frame: {
        across: Scale;
        up: Scale;
        left: number;
        width: number;
        height: number;
        atX: (v: number) => number;
        atY: (v: number) => number;
    },
) {
    const { across, up, left, width, height, atX, atY } = frame;
    pen.font = '12px system-ui, sans-serif';
    pen.fillStyle = colour('soft');
    pen.strokeStyle = colour('line');
    pen.lineWidth = 1;
    pen.textAlign = 'right';
    pen.textBaseline = 'middle';
    for (const tick of ticksOf(up, height < 200 ? 4 : 5)) {
        const at = Math.round(atY(tick)) + 0.5;
        pen.beginPath();
        pen.moveTo(left, at);
        pen.lineTo(width - right, at);
        pen.stroke();
        pen.fillText(up.names?.[tick] ?? up.format(tick), left - 7, at, left - 9);
    }
    pen.textBaseline = 'alphabetic';
    pen.textAlign = 'center';
    let free = -Infinity;
    for (const tick of ticksOf(across, Math.max(2, Math.round((width - left) / (width < 400 ? 60 : 90))))) {
        const text = across.names?.[tick] ?? across.format(tick);
        const [half, at] = [pen.measureText(text).width / 2, atX(tick)];
        const middle = Math.min(Math.max(at, half), width - half);
        if (middle - half < free) continue;
        free = middle + half + 8;
        pen.beginPath();
        pen.moveTo(at, height - bottom);
        pen.lineTo(at, height - bottom + 4);
        pen.stroke();
        pen.fillText(text, middle, height - bottom + 17);
    }
    pen.textAlign = 'right';
    pen.fillText(across.title, width - right, height - 4);
}
