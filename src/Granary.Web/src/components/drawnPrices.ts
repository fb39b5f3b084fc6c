import {
    CandlestickSeries,
    createSeriesMarkers,
    HistogramSeries,
    LineSeries,
    LineStyle,
    PriceScaleMode,
    type IChartApi,
    type ISeriesApi,
    type LogicalRange,
    type UTCTimestamp,
} from 'lightweight-charts';
import { price, short, signedPercent } from '../format/numbers';
import { time } from '../format/times';
import { colour } from '../theme/settings';
import { indexOf, placeOf, type Aim, type Stretch } from './aim';
import { pointOf } from './candles';
import { heikinAshi } from './heikinAshi';
import { markerOf } from './markers';
import { bundlesOf, dealsAt, type Bundle, type Mark } from './marks';
import type { ChartPlace } from './measure';
import { pointer } from './pointer';
import type { CanvasProps } from './PriceCanvas';
import type { PriceLine } from './PriceChart';
import { TradeLayer } from './tradeLayer';

const at = (t: number) => t as UTCTimestamp;
const logical = (from: number, to: number) => ({ from, to }) as LogicalRange;

/** The series of a chart. */
export class Drawn {
    private readonly prices: ISeriesApi<'Candlestick'>;
    private readonly volume: ISeriesApi<'Histogram'>;
    private readonly lines = new Map<string, ISeriesApi<'Line'>>();
    private readonly markers;
    private readonly layer = new TradeLayer();
    /** The marks as they are drawn, and from what. */
    private drawnMarks: { key: string; marks: readonly Mark[]; times: readonly number[] } = { key: '', marks: [], times: [] };
    private props!: CanvasProps;
    private filled = false;
    /** The time under the pointer. */
    private under: number | undefined;
    /** Above 0 while bars are being replaced: range changes during this time do not come from the user. */
    private filling = 0;
    /** The bars to show, which the chart has not drawn yet; without a range it shows all. */
    private pending: { range: LogicalRange | null } | null = null;
    /** Whether the user has moved the chart since it reported a range. */
    private isTaken = false;
    /** Whether the user has left the newest bar; the caller's next properties say so too. */
    private hasLeft = false;

    constructor(
        readonly chart: IChartApi,
        private readonly values: HTMLElement,
        private readonly stage: HTMLElement,
        private readonly onRange: CanvasProps['onRange'],
    ) {
        const [up, down] = [colour('gain'), colour('loss')];
        this.prices = chart.addSeries(CandlestickSeries, {
            upColor: colour('paper'),
            downColor: down,
            borderUpColor: up,
            borderDownColor: down,
            wickUpColor: up,
            wickDownColor: down,
        });
        this.volume = chart.addSeries(HistogramSeries, {
            priceScaleId: 'volume',
            color: colour('line'),
            priceFormat: { type: 'volume' },
            lastValueVisible: false,
            priceLineVisible: false,
        });
        chart.priceScale('volume').applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
        this.markers = createSeriesMarkers(this.prices, []);
        this.prices.attachPrimitive(this.layer);
        chart.subscribeCrosshairMove((move) => {
            const under = move.time as number | undefined;
            this.under = under;
            this.say();
            // New bars move it too, under a pointer that rests. Elsewhere another chart has moved it.
            if (move.sourceEvent || this.stage.matches(':hover')) pointer.value = under === undefined ? null : { time: under, by: this };
            else if (under === undefined && pointer.value?.by === this) pointer.value = null;
        });
    }

    /** The user moves the chart. */
    take(): void {
        this.isTaken = true;
    }

    /** Tells the caller the range in sight, and whether the user has moved the chart there. */
    report(): void {
        const sight = this.sight();
        if (sight === null || (this.filling > 0 && !this.isTaken)) return;
        // The bars of the chart decide, not those of the caller, which may have newer ones already.
        if (this.isTaken) this.hasLeft = sight.to < (this.props.times.at(-1) ?? 0);
        this.onRange(sight, this.props.sent, this.isTaken ? this.hasLeft : undefined);
        this.isTaken = false;
    }

    /** The bar and the price at a place of the page, as far as there are bars; null outside of the prices. */
    placeAt(e: MouseEvent): ChartPlace | null {
        const { times } = this.props;
        const box = this.stage.getBoundingClientRect();
        const [x, y] = [e.clientX - box.left, e.clientY - box.top];
        const bar = this.chart.timeScale().coordinateToLogical(x);
        const at = this.prices.coordinateToPrice(y);
        if (bar === null || at === null || x < 0 || x > this.chart.timeScale().width() || y > (this.chart.panes()[0]?.getHeight() ?? 0))
            return null;
        const index = Math.min(Math.max(Math.round(bar), 0), times.length - 1);
        return { x, y, bar: index, time: times[index] ?? 0, price: at };
    }

    /** The wheel zooms, or scrolls the page. */
    wheel(zooms: boolean): void {
        this.chart.applyOptions({ handleScroll: { mouseWheel: zooms }, handleScale: { mouseWheel: zooms } });
    }

    /** Pans with the arrows, zooms with + and -, goes to trades with N and P. */
    press(e: KeyboardEvent): void {
        const direction = ({ n: 1, p: -1 } as const)[e.key.toLowerCase()];
        if (direction !== undefined && !e.ctrlKey && !e.metaKey && !e.altKey) {
            e.preventDefault();
            e.stopPropagation();
            this.props.onStep(direction);
            return;
        }
        const range = this.range();
        const step = { ArrowLeft: [-0.1, -0.1], ArrowRight: [0.1, 0.1], '+': [0.15, -0.15], '-': [-0.2, 0.2] }[e.key];
        if (range === null || step === undefined) return;
        e.preventDefault();
        const width = range.to - range.from;
        const moved = logical(range.from + width * (step[0] ?? 0), range.to + width * (step[1] ?? 0));
        this.take();
        this.show(moved);
    }

    /** Shows the values of a time that another chart has under the pointer. */
    point(to: typeof pointer.value): void {
        if (to?.by === this) return;
        const { times, bars } = this.props;
        const i = indexOf(times, to?.time ?? 0);
        const under = times[i];
        if (to === null || under === undefined || to.time < under) this.chart.clearCrosshairPosition();
        else this.chart.setCrosshairPosition(bars.close[i] ?? 0, at(under), this.prices);
    }

    /** Writes the values of the bar under the pointer, or of the last visible one. */
    say(): void {
        const { bars, times, lines, deals, symbol } = this.props;
        const shown = this.under ?? (this.chart.timeScale().getVisibleRange()?.to as number | undefined);
        const i = shown === undefined ? times.length - 1 : indexOf(times, shown);
        const [open, close] = [bars.open[i], bars.close[i]];
        if (open === undefined || close === undefined) return;
        const texts = [
            time((times[i] ?? 0) * 1000, symbol),
            `O ${price(open)}`,
            `H ${price(bars.high[i])}`,
            `L ${price(bars.low[i])}`,
            `C ${price(close)}`,
            signedPercent(close / (bars.close[i - 1] ?? open) - 1),
            `V ${short(bars.volume[i])}`,
        ];
        // A name has the colour of its line beside it: a label at the line would cover the newest candles.
        const known = (lines ?? []).filter((l) => l.values[i] != null);
        const named = known.flatMap((l) => {
            const key = document.createElement('i');
            key.style.background = colour(l.colour);
            return ['  ', key, `${l.name} ${price(l.values[i])}`];
        });
        this.values.replaceChildren(texts.join('  '), ...named, ...dealsAt(deals, times, i).map((text) => `  ${text}`));
    }

    /** Draws the marks for the bars in sight: single, or bundled where they are many. */
    bundle(): void {
        const { times, marks, onMarks } = this.props;
        const range = this.range() ?? logical(0, times.length - 1);
        const [from, to] = [Math.max(0, Math.floor(range.from)), Math.min(times.length - 1, Math.ceil(range.to))];
        const bundles = bundlesOf(marks, times, { from, to }, this.chart.timeScale().width());
        const [first, last] = [times[from] ?? 0, times[to] ?? 0];
        const seen = bundles.filter((b) => b.time >= first && b.time <= last);
        const key = bundles.map((b: Bundle) => `${b.time}${b.kind}${b.text}`).join();
        if (this.drawnMarks.key !== key || this.drawnMarks.times !== times) {
            this.markers.setMarkers(bundles.map(markerOf));
            this.layer.leaveRoom(bundles);
        }
        this.drawnMarks = { key, marks, times };
        onMarks({ shown: seen.length, bundled: seen.some((b) => b.count > 1) });
        // The bars in sight, for tests and other readers of the page.
        this.stage.dataset.sight = `${[first, last].map((t) => new Date(t * 1000).toISOString()).join('/')}/${to - from}`;
    }

    // The chart has its width and its new bars after the first frame, and reports the visible range after the second.
    private show(range: LogicalRange | null): void {
        const own = { range };
        this.pending = own;
        this.filling++;
        requestAnimationFrame(() => {
            const scale = this.chart.timeScale();
            if (this.pending === own) {
                if (range) scale.setVisibleLogicalRange(range);
                else scale.fitContent();
            }
            requestAnimationFrame(() => {
                if (this.pending === own) this.pending = null;
                requestAnimationFrame(() => this.filling--);
            });
        });
    }

    update(props: CanvasProps): void {
        if (props.sent !== (this.props as CanvasProps | undefined)?.sent) {
            this.isTaken = false;
            this.hasLeft = false;
        } else if (this.isTaken) this.report();
        // The chart reports a range also while its bars are set and its values are written.
        this.filling++;
        this.change(props);
        this.bundle();
        this.filling--;
    }

    private change(props: CanvasProps): void {
        const before = this.props as CanvasProps | undefined;
        // The chart keeps bar indices: without this, other bars at the same indices would be visible.
        const sight = this.filled ? this.sight() : null;
        const seen = this.filled ? this.range() : null;
        this.props = props;
        const { bars, times, lines } = props;
        this.chart.priceScale('right').applyOptions({ mode: props.log ? PriceScaleMode.Logarithmic : PriceScaleMode.Normal });
        if (before?.bars !== bars || before.lines !== lines || before.heikinAshi !== props.heikinAshi) {
            const candles = props.heikinAshi ? heikinAshi(bars) : bars;
            this.prices.setData(
                times.map((t, i) => ({
                    time: at(t),
                    open: candles.open[i] ?? 0,
                    high: candles.high[i] ?? 0,
                    low: candles.low[i] ?? 0,
                    close: candles.close[i] ?? 0,
                })),
            );
            this.volume.setData(times.map((t, i) => ({ time: at(t), value: bars.volume[i] ?? 0 })));
            this.draw(lines ?? []);
        }
        this.layer.update(bars, times, props.deals, props.levels ?? [], props.chosen);
        this.say();
        if (props.follow === undefined) this.hasLeft = false;
        const follow = this.hasLeft ? undefined : props.follow;
        if (props.show !== before?.show && props.show) {
            this.showPlace(props.show);
            this.filled = true;
        } else if (follow && times.length > 0 && (before?.bars !== bars || before.follow === undefined)) {
            const width = seen && before?.follow !== undefined ? seen.to - seen.from : follow;
            // Two bars of room to the right of the newest one.
            this.show(logical(times.length + 1.5 - width, times.length + 1.5));
            this.filled = true;
        } else if (before?.bars === bars) return;
        else if (sight && before) {
            const [first, last] = [before.times[0] ?? 0, before.times.at(-1) ?? 0];
            // A chart that shows the newest bar moves on with it.
            const moved = sight.to >= last ? Math.max(0, (times.at(-1) ?? last) - last) : 0;
            const from = sight.from <= first ? Math.min(first, times[0] ?? first) : sight.from + moved;
            this.showTimes({ from, to: sight.to + moved });
        } else if (times.length > 0) {
            this.show(null);
            this.filled = true;
        }
    }

    private showPlace(aim: Aim): void {
        const { from, to } = placeOf(aim, this.props.times);
        this.show(logical(from - 0.5, to + (to === this.props.times.length - 1 ? 1.5 : 0.5)));
    }

    private showTimes(range: Stretch): void {
        this.show(logical(indexOf(this.props.times, range.from), indexOf(this.props.times, range.to)));
    }

    // The bars in sight, by their indices, or those that the chart is about to show.
    private range(): LogicalRange | null {
        return this.pending?.range ?? this.chart.timeScale().getVisibleLogicalRange();
    }

    // The times of the bars in sight, or of those that the chart is about to show.
    private sight(): Stretch | null {
        const { times } = this.props;
        const coming = this.pending?.range;
        if (coming)
            return {
                from: times[Math.max(0, Math.ceil(coming.from))] ?? 0,
                to: times[Math.max(0, Math.floor(coming.to))] ?? times.at(-1) ?? 0,
            };
        const shown = this.chart.timeScale().getVisibleRange();
        return shown && { from: shown.from as number, to: shown.to as number };
    }

    private draw(lines: readonly PriceLine[]): void {
        const panes = ['', ...new Set(lines.flatMap((l) => l.pane ?? []))];
        for (const [name, series] of this.lines) {
            if (lines.some((l) => l.name === name)) continue;
            this.chart.removeSeries(series);
            this.lines.delete(name);
        }
        for (const line of lines) {
            let series = this.lines.get(line.name);
            if (series === undefined) {
                series = this.chart.addSeries(
                    LineSeries,
                    {
                        color: colour(line.colour),
                        lineWidth: 1,
                        lineStyle: line.dashed ? LineStyle.Dashed : LineStyle.Solid,
                        lastValueVisible: !line.dashed,
                        title: '',
                        priceLineVisible: false,
                    },
                    panes.indexOf(line.pane ?? ''),
                );
                this.lines.set(line.name, series);
            }
            series.setData(this.props.times.map((t, i) => pointOf(t, line.values[i], line.values[i + 1])));
        }
        this.chart.panes().forEach((pane, i) => pane.setStretchFactor(i === 0 ? 4 : 1));
    }
}
