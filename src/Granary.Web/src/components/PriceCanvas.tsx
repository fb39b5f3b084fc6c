import {
    CandlestickSeries,
    createChart,
    createSeriesMarkers,
    LineSeries,
    LineStyle,
    type IChartApi,
    type ISeriesApi,
    type LineData,
    type SeriesMarker,
    type UTCTimestamp,
    type WhitespaceData,
} from 'lightweight-charts';
import { useEffect, useRef } from 'preact/hooks';
import { clock, date, time, zoneOf } from '../format/times';
import { colour, shownTheme } from '../theme/settings';
import type { Mark, PriceChartProps, PriceLine } from './PriceChart';

const seconds = (t: number) => t as UTCTimestamp;

/** The chart itself, with the library that draws it. */
export function PriceCanvas(props: PriceChartProps & { height: number }) {
    const stage = useRef<HTMLDivElement>(null);
    const latest = useRef(props);
    latest.current = props;
    const drawn = useRef<Drawn | null>(null);
    const theme = shownTheme.value;
    const shownZone = zoneOf(props.symbol);
    const { height } = props;

    useEffect(() => {
        if (stage.current === null) return;
        const chart = drawIn(stage.current, height, props.symbol);
        drawn.current = new Drawn(chart);
        drawn.current.update(latest.current);
        chart.timeScale().subscribeVisibleTimeRangeChange((range) => {
            if (range && drawn.current?.isFilling === false) latest.current.onRange?.(range.from as number, range.to as number);
        });
        return () => {
            drawn.current = null;
            chart.remove();
        };
    }, [height, theme, shownZone, props.symbol]);

    const { candles, lines, marks, show } = props;
    useEffect(() => drawn.current?.update(latest.current), [candles, lines, marks]);
    useEffect(() => {
        if (show) drawn.current?.chart.timeScale().setVisibleRange({ from: seconds(show.from), to: seconds(show.to) });
    }, [show]);
    return <div class="stage" role="img" aria-label={props.summary} ref={stage} style={{ height }} />;
}

function drawIn(element: HTMLElement, height: number, symbol: string | undefined): IChartApi {
    return createChart(element, {
        height,
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
        timeScale: {
            borderColor: colour('line'),
            timeVisible: true,
            minBarSpacing: 0.05,
            tickMarkFormatter: (t: UTCTimestamp, kind: number) => (kind < 3 ? date(t * 1000, symbol) : clock(t * 1000, symbol).slice(0, 5)),
        },
        localization: { timeFormatter: (t: UTCTimestamp) => time(t * 1000, symbol) },
    });
}

/** The series that stand in a chart. */
class Drawn {
    private readonly prices: ISeriesApi<'Candlestick'>;
    private readonly lines = new Map<string, ISeriesApi<'Line'>>();
    private readonly markers;
    private filled = false;
    private filling = 0;

    constructor(readonly chart: IChartApi) {
        const [up, down] = [colour('gain'), colour('loss')];
        this.prices = chart.addSeries(CandlestickSeries, {
            upColor: colour('paper'),
            downColor: down,
            borderUpColor: up,
            borderDownColor: down,
            wickUpColor: up,
            wickDownColor: down,
        });
        this.markers = createSeriesMarkers(this.prices, []);
    }

    /** Other bars are being put in: what the chart reports now is not what the reader did. */
    get isFilling(): boolean {
        return this.filling > 0;
    }

    // The chart has its width and its new bars after the first frame, and reports the stretch in sight after the second.
    private after(show: () => void): void {
        this.filling++;
        requestAnimationFrame(() => {
            show();
            requestAnimationFrame(() => requestAnimationFrame(() => this.filling--));
        });
    }

    private showAll(): void {
        this.chart.timeScale().fitContent();
        this.filled = true;
    }

    update(props: PriceChartProps): void {
        // The chart counts bars: without this, other bars at the same places would be in sight.
        const sight = this.filled ? this.chart.timeScale().getVisibleRange() : null;
        this.prices.setData(props.candles.map((c) => ({ ...c, time: seconds(c.time) })));
        const names = new Set(props.lines?.map((l) => l.name));
        for (const [name, series] of this.lines) {
            if (names.has(name)) continue;
            this.chart.removeSeries(series);
            this.lines.delete(name);
        }
        for (const line of props.lines ?? []) {
            let series = this.lines.get(line.name);
            if (series === undefined) {
                series = this.chart.addSeries(
                    LineSeries,
                    {
                        color: colour(line.colour),
                        lineWidth: 1,
                        lineStyle: line.dashed ? LineStyle.Dashed : LineStyle.Solid,
                        lastValueVisible: !line.dashed,
                        title: line.dashed ? '' : line.name,
                        priceLineVisible: false,
                    },
                    line.below ? 1 : 0,
                );
                this.lines.set(line.name, series);
            }
            series.setData(line.points.map((p, i) => pointOf(p, line.points[i + 1])));
        }
        this.markers.setMarkers((props.marks ?? []).map(markerOf));
        if (sight) this.after(() => this.chart.timeScale().setVisibleRange(sight));
        else if (props.candles.length > 0) this.after(() => this.showAll());
    }
}

type Point = PriceLine['points'][number];

// A line joins the points on both sides of a gap; the piece after a point has that point's colour.
function pointOf(point: Point, next: Point | undefined): LineData<UTCTimestamp> | WhitespaceData<UTCTimestamp> {
    const time = seconds(point.time);
    if (point.value === null) return { time };
    return next?.value === null ? { time, value: point.value, color: 'rgba(0, 0, 0, 0)' } : { time, value: point.value };
}

function markerOf(mark: Mark): SeriesMarker<UTCTimestamp> {
    const base = { time: seconds(mark.time), text: mark.text };
    switch (mark.kind) {
        case 'buy':
            return { ...base, position: 'belowBar', shape: 'arrowUp', color: colour('s3') };
        case 'sell':
            return { ...base, position: 'aboveBar', shape: 'arrowDown', color: colour('s4') };
        case 'exit':
            return { ...base, position: 'aboveBar', shape: 'circle', color: colour('ink') };
        case 'refused':
            return { ...base, position: 'aboveBar', shape: 'square', color: colour('edge') };
    }
}
