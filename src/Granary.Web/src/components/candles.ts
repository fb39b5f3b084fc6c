import { createChart, type IChartApi, type LineData, type UTCTimestamp, type WhitespaceData } from 'lightweight-charts';
import { price } from '../format/numbers';
import { clock, date, time } from '../format/times';
import { colour } from '../theme/settings';

const at = (t: number) => t as UTCTimestamp;

/** An empty chart of prices in an element. */
export function drawIn(element: HTMLElement, symbol: string): IChartApi {
    return createChart(element, {
        autoSize: true,
        layout: {
            background: { color: colour('paper') },
            textColor: colour('soft'),
            fontFamily: 'system-ui, sans-serif',
            // The logo would bring a style element, which the policy of the server refuses; the page About names the library.
            attributionLogo: false,
            panes: { separatorColor: colour('line') },
        },
        grid: { vertLines: { color: colour('line') }, horzLines: { color: colour('line') } },
        rightPriceScale: { borderColor: colour('line') },
        // The wheel scrolls the page until the chart has the focus.
        handleScroll: { mouseWheel: false, vertTouchDrag: false },
        handleScale: { mouseWheel: false },
        timeScale: {
            borderColor: colour('line'),
            timeVisible: true,
            minBarSpacing: 0.05,
            tickMarkFormatter: (t: UTCTimestamp, kind: number) => (kind < 3 ? date(t * 1000, symbol) : clock(t * 1000, symbol).slice(0, 5)),
        },
        localization: { timeFormatter: (t: UTCTimestamp) => time(t * 1000, symbol), priceFormatter: price },
    });
}

// A line joins the points on both sides of a gap; the piece after a point has that point's colour.
export function pointOf(
    t: number,
    value: number | null | undefined,
    next: number | null | undefined,
): LineData<UTCTimestamp> | WhitespaceData<UTCTimestamp> {
    if (value == null) return { time: at(t) };
    return next === null ? { time: at(t), value, color: 'rgba(0, 0, 0, 0)' } : { time: at(t), value };
}
