import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { colour, shownTheme } from '../theme/settings';

/** The size of a drawing, in pixels of the page. */
export interface Size {
    width: number;
    height: number;
}

/** A place in a drawing, in pixels from its top left corner. */
export interface Place {
    x: number;
    y: number;
}

/** What each chart with marks gets from the view that shows it. A mark has the same number in all charts of a page. */
export interface FrameProps {
    title: ComponentChildren;
    /** A sentence for screen readers about the content of the chart. */
    summary: string;
    legend?: ComponentChildren;
    height?: number;
    /** The mark that the pointer or the keys are at, in this chart or in a different one. */
    pointed: number | null;
    onPoint: (id: number | null) => void;
    onOpen?: (id: number) => void;
    /** The content of the tooltip of a mark. */
    tip: (id: number) => ComponentChildren;
}

interface Props extends Omit<FrameProps, 'height'> {
    height: number;
    /** Draws everything but the mark that is pointed at. The chart is drawn again when this function, the size or the theme changes. */
    draw: (pen: CanvasRenderingContext2D, size: Size) => void;
    /** All marks, in the order in which the arrow keys visit them. */
    marks: readonly number[];
    /** The mark at a place; null if none is near. */
    nearest: (at: Place, size: Size) => number | null;
    /** The SVG that emphasises a mark, and the place of its tooltip where the keys chose it; undefined for a mark that is not drawn. */
    emphasis: (id: number, size: Size) => { shape: ComponentChildren; at: Place } | undefined;
    /** Whether the tooltip follows the pointer; otherwise it is at the mark. */
    follows?: boolean;
}

/** The type of all texts in a drawing. */
export const font = '12px system-ui, sans-serif';

/**
 * The frame of a chart with marks: title, legend, a canvas that holds thousands of marks, and the tooltip of the mark that the pointer or the
 * keys are at. A click or Enter opens the mark. With the focus, the left and right arrow visit the marks, Page Up and Page Down a tenth of
 * them, Home and End the outermost ones, and Escape leaves.
 */
export function ChartFrame(props: Props) {
    const { draw, height, pointed, onPoint, onOpen } = props;
    const canvas = useRef<HTMLCanvasElement>(null);
    const stage = useRef<HTMLDivElement>(null);
    const [width, setWidth] = useState(0);
    // Where the pointer is; 'keys' where the keys chose the mark; null where a different chart has the pointer.
    const [here, setHere] = useState<Place | 'keys' | null>(null);
    const theme = shownTheme.value;
    const size = { width, height };

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
        pen.font = font;
        draw(pen, { width, height });
    }, [draw, width, height, theme]);

    const placeOf = (e: MouseEvent): Place => {
        const box = stage.current?.getBoundingClientRect();
        return { x: e.clientX - (box?.left ?? 0), y: e.clientY - (box?.top ?? 0) };
    };
    const leave = () => {
        setHere(null);
        onPoint(null);
    };
    const press = (e: KeyboardEvent) => {
        if (e.key === 'Escape') leave();
        else if (e.key === 'Enter' && here !== null && pointed !== null) onOpen?.(pointed);
        else {
            const next = stepTo(props.marks, here === null ? null : pointed, e.key);
            if (next === null) return;
            setHere('keys');
            onPoint(next);
        }
        e.preventDefault();
    };
    const shown = pointed === null || width === 0 ? undefined : props.emphasis(pointed, size);
    const tipAt = here === null ? undefined : here === 'keys' || !props.follows ? shown?.at : here;
    return (
        <figure class="chart framed">
            <figcaption>
                <span class="name">{props.title}</span>
                {props.legend && <span class="legend">{props.legend}</span>}
            </figcaption>
            <div class="stage" ref={stage} style={{ height }}>
                <canvas
                    ref={canvas}
                    role="img"
                    tabIndex={0}
                    aria-label={props.summary}
                    style={{ width: '100%', height, cursor: here && shown && onOpen ? 'pointer' : 'default' }}
                    onPointerMove={(e) => {
                        setHere(placeOf(e));
                        onPoint(props.nearest(placeOf(e), size));
                    }}
                    onPointerLeave={leave}
                    onBlur={leave}
                    onClick={(e) => {
                        const id = props.nearest(placeOf(e), size);
                        if (id !== null) onOpen?.(id);
                    }}
                    onKeyDown={press}
                />
                {shown && (
                    <svg class="mark" width={width} height={height} aria-hidden="true">
                        {shown.shape}
                    </svg>
                )}
                {pointed !== null && shown && tipAt && (
                    <div
                        class="tip"
                        role="status"
                        style={{
                            top: Math.min(tipAt.y + 12, height - 65),
                            ...(tipAt.x > width / 2 ? { right: width - tipAt.x + 13 } : { left: tipAt.x + 13 }),
                        }}
                    >
                        {props.tip(pointed)}
                    </div>
                )}
            </div>
        </figure>
    );
}

/** The mark that a key leads to from another one, or from none; null for a key that leads nowhere. */
export function stepTo(marks: readonly number[], from: number | null, key: string): number | null {
    const last = marks.length - 1;
    const at = from === null ? -1 : marks.indexOf(from);
    const tenth = Math.max(1, Math.round(marks.length / 10));
    const steps: Record<string, number> = {
        ArrowRight: at + 1,
        ArrowLeft: at < 0 ? last : at - 1,
        PageDown: at + tenth,
        PageUp: at < 0 ? last : at - tenth,
        Home: 0,
        End: last,
    };
    const to = steps[key];
    return to === undefined ? null : (marks[Math.min(Math.max(to, 0), last)] ?? null);
}

/** Writes a text over a line of the paper's colour, which keeps it legible over marks. */
export function writeOver(pen: CanvasRenderingContext2D, text: string, at: Place, ink: string, most?: number) {
    pen.lineWidth = 4;
    pen.lineJoin = 'round';
    pen.strokeStyle = colour('paper');
    pen.strokeText(text, at.x, at.y, most);
    pen.fillStyle = colour(ink);
    pen.fillText(text, at.x, at.y, most);
}
