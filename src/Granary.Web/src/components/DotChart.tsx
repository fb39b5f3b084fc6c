import { useCallback, useMemo } from 'preact/hooks';
import { colour } from '../theme/settings';
import { ChartFrame, writeOver, type FrameProps, type Place, type Size } from './ChartFrame';
import { placesOf } from './labels';
import { drawPlane, placeIn, planeOf, type Plane } from './plane';
import type { Scale } from './scale';

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
    /** A text beside the dot. */
    label?: string;
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

interface Props extends FrameProps {
    across: Scale;
    up: Scale;
    /** Shows the title of the vertical axis above it. */
    titled?: boolean;
    /** The last ones are drawn on top. */
    dots: readonly Dot[];
    lines?: readonly DotLine[];
    cells?: readonly DotCell[];
}

const reach = 16;

/** Dots of two measures, with lines through some of them and shaded cells behind them. */
export function DotChart(props: Props) {
    const { across, up, dots, lines, cells } = props;
    const titled = props.titled ?? false;
    const draw = useCallback(
        (pen: CanvasRenderingContext2D, size: Size) => {
            const plane = planeOf(across, up, titled, size);
            drawPlane(pen, plane);
            drawCells(pen, plane, cells ?? []);
            drawDots(pen, plane, dots);
            drawLines(pen, plane, lines ?? []);
            drawLabels(pen, plane, dots);
        },
        [across, up, titled, dots, lines, cells],
    );
    const marks = useMemo(() => [...dots].sort((a, b) => a.x - b.x || a.y - b.y).map((d) => d.id), [dots]);
    return (
        <ChartFrame
            {...props}
            height={props.height ?? 260}
            draw={draw}
            marks={marks}
            nearest={(at, size) => {
                const plane = planeOf(across, up, titled, size);
                let [best, least]: [number | null, number] = [null, reach ** 2];
                for (const dot of dots) {
                    const { x, y } = placeIn(plane, dot.x, dot.y);
                    const far = (x - at.x) ** 2 + (y - at.y) ** 2;
                    if (far <= least) [best, least] = [dot.id, far];
                }
                return best;
            }}
            emphasis={(id, size) => {
                const dot = dots.findLast((d) => d.id === id);
                if (dot === undefined) return undefined;
                const at = placeIn(planeOf(across, up, titled, size), dot.x, dot.y);
                return { at, shape: <circle cx={at.x} cy={at.y} r={6.5} /> };
            }}
        />
    );
}

function drawCells(pen: CanvasRenderingContext2D, plane: Plane, cells: readonly DotCell[]) {
    for (const cell of cells) {
        const [a, b] = [placeIn(plane, cell.from.x, cell.from.y), placeIn(plane, cell.to.x, cell.to.y)];
        pen.globalAlpha = cell.opacity;
        pen.fillStyle = colour(cell.colour);
        pen.fillRect(Math.min(a.x, b.x) + 0.5, Math.min(a.y, b.y) + 0.5, Math.abs(b.x - a.x) - 1, Math.abs(b.y - a.y) - 1);
    }
    pen.globalAlpha = 1;
}

function drawDots(pen: CanvasRenderingContext2D, plane: Plane, dots: readonly Dot[]) {
    const colours = new Map<string, string>();
    for (const dot of dots) {
        if (!colours.has(dot.colour)) colours.set(dot.colour, colour(dot.colour));
        const { x, y } = placeIn(plane, dot.x, dot.y);
        pen.globalAlpha = dot.opacity;
        pen.fillStyle = colours.get(dot.colour) ?? '';
        pen.beginPath();
        pen.arc(x, y, dot.size ?? 2.6, 0, 2 * Math.PI);
        pen.fill();
    }
    pen.globalAlpha = 1;
}

function drawLines(pen: CanvasRenderingContext2D, plane: Plane, lines: readonly DotLine[]) {
    pen.lineWidth = 1.6;
    for (const line of lines) {
        pen.strokeStyle = colour(line.colour);
        pen.setLineDash(line.dashed ? [6, 4] : []);
        pen.beginPath();
        for (const p of line.points) {
            const { x, y } = placeIn(plane, p.x, p.y);
            pen.lineTo(x, y);
        }
        pen.stroke();
    }
    pen.setLineDash([]);
}

/** Labels stand beside their dots, on the side with more room, with a line to those that had to move. */
function drawLabels(pen: CanvasRenderingContext2D, plane: Plane, dots: readonly Dot[]) {
    const named = dots.filter((d) => d.label !== undefined);
    const at = named.map((d): Place => placeIn(plane, d.x, d.y));
    const places = placesOf(at, plane.width / 2);
    const sideOf = (p: Place) => (p.x > plane.width / 2 ? -1 : 1);
    pen.strokeStyle = colour('strong');
    pen.lineWidth = 1;
    pen.beginPath();
    at.forEach((p, i) => {
        pen.moveTo(p.x, p.y);
        pen.lineTo(p.x + (places[i] === p.y ? 0 : 9 * sideOf(p)), places[i] ?? p.y);
    });
    pen.stroke();
    pen.textBaseline = 'middle';
    named.forEach((dot, i) => {
        const p = at[i] as Place;
        pen.textAlign = sideOf(p) < 0 ? 'right' : 'left';
        writeOver(pen, dot.label ?? '', { x: p.x + 11 * sideOf(p), y: places[i] ?? p.y }, 'ink');
    });
    drawDots(pen, plane, named);
}
