import { useCallback, useMemo } from 'preact/hooks';
import { colour } from '../theme/settings';
import { ChartFrame, writeOver, type FrameProps, type Place, type Size } from './ChartFrame';
import { shareOf, textOf, ticksOf, type Scale } from './scale';

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

interface Props extends FrameProps {
    axes: readonly Scale[];
    /** The last ones are drawn on top. */
    items: readonly ParallelItem[];
}

const [top, side, bottom, reach] = [8, 30, 42, 12];

/** The place of a value on an axis. */
function placeOn(axes: readonly Scale[], size: Size, axis: number, value: number): Place {
    return {
        x: side + (axis / Math.max(1, axes.length - 1)) * (size.width - 2 * side),
        y: top + (1 - shareOf(axes[axis] as Scale, value)) * (size.height - top - bottom),
    };
}

/** Parallel coordinates: an axis for each measure, and a line for each item through its values. */
export function ParallelChart(props: Props) {
    const { axes, items } = props;
    const draw = useCallback(
        (pen: CanvasRenderingContext2D, size: Size) => {
            for (const item of items) {
                pen.globalAlpha = item.opacity;
                pen.strokeStyle = colour(item.colour);
                pen.lineWidth = item.width ?? 1.1;
                pen.stroke(new Path2D(pathOf(axes, size, item)));
            }
            pen.globalAlpha = 1;
            drawAxes(pen, axes, size);
        },
        [axes, items],
    );
    // The best lines are drawn last: the keys begin with them.
    const marks = useMemo(() => items.map((i) => i.id).reverse(), [items]);
    return (
        <ChartFrame
            {...props}
            height={props.height ?? 300}
            draw={draw}
            marks={marks}
            follows
            nearest={(at, size) => nearest(axes, items, at, size)}
            emphasis={(id, size) => {
                const item = items.findLast((i) => i.id === id);
                if (item === undefined) return undefined;
                const last = item.values.findLastIndex(Number.isFinite);
                return { shape: <path d={pathOf(axes, size, item)} />, at: placeOn(axes, size, last, item.values[last] ?? 0) };
            }}
        />
    );
}

function pathOf(axes: readonly Scale[], size: Size, item: ParallelItem): string {
    const begins = (i: number) => i === 0 || !Number.isFinite(item.values[i - 1]);
    return item.values
        .map((v, i) => {
            const { x, y } = placeOn(axes, size, i, v);
            return Number.isFinite(v) ? `${begins(i) ? 'M' : 'L'}${x} ${y}` : '';
        })
        .join('');
}

function nearest(axes: readonly Scale[], items: readonly ParallelItem[], at: Place, size: Size): number | null {
    if (axes.length < 2) return null;
    const between = Math.min(Math.max(((at.x - side) / (size.width - 2 * side)) * (axes.length - 1), 0), axes.length - 1);
    const i = Math.min(Math.floor(between), axes.length - 2);
    let [best, least]: [number | null, number] = [null, reach];
    for (const item of items) {
        const from = placeOn(axes, size, i, item.values[i] ?? Number.NaN).y;
        const to = placeOn(axes, size, i + 1, item.values[i + 1] ?? Number.NaN).y;
        const far = Math.abs(from + (to - from) * (between - i) - at.y);
        if (far <= least) [best, least] = [item.id, far];
    }
    return best;
}

function drawAxes(pen: CanvasRenderingContext2D, axes: readonly Scale[], size: Size) {
    const foot = size.height - bottom;
    axes.forEach((scale, i) => {
        const last = i === axes.length - 1;
        const at = Math.round(placeOn(axes, size, i, scale.low).x) + 0.5;
        pen.strokeStyle = colour('strong');
        pen.lineWidth = 1;
        pen.beginPath();
        pen.moveTo(at, top);
        pen.lineTo(at, foot);
        pen.stroke();
        pen.textAlign = last ? 'right' : 'left';
        pen.textBaseline = 'middle';
        for (const tick of ticksOf(scale, 3))
            writeOver(pen, textOf(scale, tick), { x: at + (last ? -5 : 5), y: placeOn(axes, size, i, tick).y }, 'soft', 80);
        // Names stand in two rows: neighbours do not touch on a narrow page.
        pen.textAlign = i === 0 ? 'left' : last ? 'right' : 'center';
        pen.textBaseline = 'alphabetic';
        pen.fillStyle = colour('ink');
        pen.fillText(scale.title, i === 0 ? 0 : last ? size.width : at, foot + (i % 2 === 0 ? 18 : 36));
    });
}
