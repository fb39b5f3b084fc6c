import { effect } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { zoneOf } from '../format/times';
import { shownTheme } from '../theme/settings';
import type { Aim, Stretch } from './aim';
import { drawIn } from './candles';
import { Drawn } from './drawnPrices';
import type { Deal, Mark } from './marks';
import { measureText, type ChartPlace } from './measure';
import { pointer } from './pointer';
import type { Bars, Level, Marking, PriceLine } from './PriceChart';

/** Content of a price chart, and its callbacks. */
export interface CanvasProps {
    /** A sentence for screen readers about the content of the chart. */
    summary: string;
    /** The market, whose exchange has a zone. */
    symbol: string;
    bars: Bars;
    /** Of the bars, seconds since 1970. */
    times: readonly number[];
    lines: readonly PriceLine[] | undefined;
    marks: readonly Mark[];
    deals: readonly Deal[];
    /** The entry of the chosen trade, seconds since 1970. */
    chosen: number | undefined;
    levels: readonly Level[] | undefined;
    log: boolean;
    /** Whether the candles are those of Heikin-Ashi. */
    heikinAshi: boolean;
    /** Whether a drag measures, as it does with the shift key. */
    measures: boolean;
    /** Receives the function that draws the chart as a picture. */
    picture: { current: (() => HTMLCanvasElement) | null };
    height: number;
    /** The number of bars to show up to the newest one, with which the chart moves on; undefined: the chart stays where it is. */
    follow: number | undefined;
    /** How often the chart was sent elsewhere: moves of the user before are void. */
    sent: number;
    /** What to show, of which the bars are there; a new value moves the chart there. */
    show: Aim | undefined;
    /** Called where the user asks for the next trade, or the one before. */
    onStep: (direction: 1 | -1) => void;
    /** Called with how the marks in sight are drawn. */
    onMarks: (marking: Marking) => void;
    /** Called with the time of a bar on which the user has double-clicked, seconds since 1970. */
    onPick?: ((time: number) => void) | undefined;
    /**
     * Called with the range in sight, so that the caller can load the bars in view. sent: its value when the range was in sight. hasLeft:
     * whether the user has moved the newest bar out of sight; undefined when the range changed without the user.
     */
    onRange: (sight: Stretch, sent: number, hasLeft: boolean | undefined) => void;
}

/** The chart itself. */
export function PriceCanvas(props: CanvasProps) {
    const stage = useRef<HTMLDivElement>(null);
    const values = useRef<HTMLParagraphElement>(null);
    const latest = useRef(props);
    latest.current = props;
    const drawn = useRef<Drawn | null>(null);
    const theme = shownTheme.value;
    const shownZone = zoneOf(props.symbol);
    const { bars, lines, marks, deals, chosen, levels, log, show, follow } = props;
    const [measured, setMeasured] = useState<{ from: ChartPlace; to: ChartPlace }>();
    const forget = useRef(() => setMeasured(undefined));
    const isMeasuring = useRef(false);

    useEffect(() => {
        if (stage.current === null || values.current === null) return;
        const own = new Drawn(drawIn(stage.current, props.symbol), values.current, stage.current, (...seen) =>
            latest.current.onRange(...seen),
        );
        drawn.current = own;
        own.update(latest.current);
        latest.current.picture.current = () => own.chart.takeScreenshot(true);
        own.chart.timeScale().subscribeVisibleTimeRangeChange(() => {
            forget.current();
            own.say();
            own.report();
        });
        own.chart.timeScale().subscribeVisibleLogicalRangeChange(() => own.bundle());
        own.chart.subscribeDblClick((click) => {
            if (typeof click.time === 'number') latest.current.onPick?.(click.time);
        });
        const leave = effect(() => own.point(pointer.value));
        return () => {
            leave();
            latest.current.picture.current = null;
            drawn.current = null;
            own.chart.remove();
        };
    }, [theme, shownZone, props.symbol]);
    useEffect(
        () => drawn.current?.update(latest.current),
        [bars, lines, marks, deals, chosen, levels, log, props.heikinAshi, show, follow],
    );

    // A drag measures from the press to the release; until then the chart itself does not get it.
    const measure = (e: MouseEvent) => {
        setMeasured(undefined);
        if (e.button !== 0 || !(e.shiftKey || props.measures)) return;
        const from = drawn.current?.placeAt(e);
        if (!from) return;
        e.stopPropagation();
        e.preventDefault();
        stage.current?.focus({ preventScroll: true });
        isMeasuring.current = true;
        const move = (m: MouseEvent) => {
            const to = drawn.current?.placeAt(m);
            if (to) setMeasured({ from, to });
        };
        const end = () => {
            isMeasuring.current = false;
            removeEventListener('pointermove', move);
            removeEventListener('pointerup', end);
            removeEventListener('pointercancel', end);
        };
        addEventListener('pointermove', move);
        addEventListener('pointerup', end);
        addEventListener('pointercancel', end);
    };
    const stopped = (e: Event) => {
        if (props.measures || (e as MouseEvent).shiftKey) e.stopPropagation();
    };

    const panes = new Set(lines?.flatMap((l) => l.pane ?? [])).size;
    return (
        <>
            <p class="values" ref={values} />
            <div
                class="stage"
                role="img"
                tabIndex={0}
                aria-label={props.summary}
                ref={stage}
                style={{ height: props.height + 90 * panes, ...(props.measures ? { touchAction: 'none' } : {}) }}
                onPointerDownCapture={measure}
                onMouseDownCapture={stopped}
                onTouchStartCapture={stopped}
                onFocus={() => drawn.current?.wheel(true)}
                onBlur={() => drawn.current?.wheel(false)}
                onMouseDown={() => stage.current?.focus({ preventScroll: true })}
                onPointerMoveCapture={(e) => e.buttons !== 0 && !isMeasuring.current && drawn.current?.take()}
                onWheelCapture={() => document.activeElement === stage.current && drawn.current?.take()}
                onKeyDown={(e) => (e.key === 'Escape' ? setMeasured(undefined) : drawn.current?.press(e))}
            >
                {measured && <Measured {...measured} joined={bars.joined} />}
            </div>
        </>
    );
}

/** The box between two places, with the way from one to the other. */
function Measured(props: { from: ChartPlace; to: ChartPlace; joined: number }) {
    const { from, to } = props;
    const isRight = to.x >= from.x;
    return (
        <div
            class={`measure ${to.price < from.price ? 'loss' : 'gain'}`}
            style={{
                left: Math.min(from.x, to.x),
                top: Math.min(from.y, to.y),
                width: Math.abs(to.x - from.x),
                height: Math.abs(to.y - from.y),
            }}
        >
            <span role="status" class={isRight ? 'left' : 'right'}>
                {measureText(from, to, props.joined)}
            </span>
        </div>
    );
}
