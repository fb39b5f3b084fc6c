import type {
    AutoscaleInfo,
    IChartApi,
    ISeriesApi,
    ISeriesPrimitive,
    IPrimitivePaneView,
    Logical,
    SeriesAttachedParameter,
    Time,
} from 'lightweight-charts';
import { signedPercent } from '../format/numbers';
import { colour } from '../theme/settings';
import { indexOf } from './aim';
import { heightOf, isBelowBar } from './markers';
import type { Bundle, Deal } from './marks';
import type { Bars, Level } from './PriceChart';

/** More trades in sight than this are not drawn as lines: they would cover the prices. */
const mostDeals = 150;
/** More open trades than this are no lines. */
const mostOpen = 3;
const line = 15;
/** Labels of levels: more would cover the prices. */
const mostLabels = 8;

/** Which labels are written and where, by the places of their levels, the newest first: one that an earlier label would touch is left out. */
export function labelsOf(levels: readonly number[], height: number): { index: number; y: number }[] {
    const written: { index: number; y: number }[] = [];
    levels.forEach((y, index) => {
        if (written.length === mostLabels || !(y >= 0 && y <= height)) return;
        const place = Math.min(Math.max(y, line / 2), height - line / 2);
        if (written.every((w) => Math.abs(w.y - place) >= line)) written.push({ index, y: place });
    });
    return written;
}

/** A place that the text of a mark takes, pixels. */
export interface Box {
    left: number;
    right: number;
    top: number;
    bottom: number;
}

const edge = 4;

/** The left end of a label: the edge, or right of the texts that it would cover there. In the right half it would cover the newest candles. */
export function besideTexts(label: { y: number; width: number }, texts: readonly Box[], width: number): number {
    let left = edge;
    for (const t of [...texts].sort((a, b) => a.left - b.left))
        if (Math.abs((t.top + t.bottom) / 2 - label.y) < (t.bottom - t.top + line) / 2 && t.left < left + label.width && t.right > left)
            left = t.right + edge;
    return left + label.width > width / 2 ? edge : left;
}

/** The range of a price scale: that of the candles, and levels that are at most half of it away. */
export function rangeWith(lowest: number, highest: number, levels: readonly number[]): { minValue: number; maxValue: number } {
    const room = (highest - lowest) / 2;
    const near = levels.filter((l) => l >= lowest - room && l <= highest + room);
    return { minValue: Math.min(lowest, ...near), maxValue: Math.max(highest, ...near) };
}

/**
 * Draws trades as lines from entry to exit, and levels with their labels at the left edge, where they cover neither the newest candles nor
 * the axis.
 */
export class TradeLayer implements ISeriesPrimitive<Time> {
    private chart: IChartApi | undefined;
    private series: ISeriesApi<'Candlestick'> | undefined;
    private redraw: () => void = () => undefined;
    private times: readonly number[] = [];
    private deals: readonly Deal[] = [];
    private levels: readonly Level[] = [];
    private chosen: number | undefined;
    private bars: Bars | undefined;
    private marks: readonly Bundle[] = [];
    private readonly views: IPrimitivePaneView[] = [
        {
            zOrder: () => 'top',
            renderer: () => ({
                draw: (target) => target.useMediaCoordinateSpace(({ context, mediaSize }) => this.draw(context, mediaSize)),
            }),
        },
    ];

    attached(to: SeriesAttachedParameter<Time>): void {
        this.chart = to.chart as IChartApi;
        this.series = to.series as ISeriesApi<'Candlestick'>;
        this.redraw = to.requestUpdate;
    }

    autoscaleInfo(from: Logical, to: Logical): AutoscaleInfo | null {
        const levels = this.levels.filter((l) => l.fits).map((l) => l.price);
        const { high = [], low = [] } = this.bars ?? {};
        const [first, end] = [Math.max(0, Math.floor(from)), Math.min(high.length, Math.ceil(to) + 1)];
        if (levels.length === 0 || first >= end) return null;
        return { priceRange: rangeWith(Math.min(...low.slice(first, end)), Math.max(...high.slice(first, end)), levels) };
    }

    paneViews(): readonly IPrimitivePaneView[] {
        return this.views;
    }

    /** @param chosen The entry of the chosen trade, seconds since 1970. */
    update(bars: Bars, times: readonly number[], deals: readonly Deal[], levels: readonly Level[], chosen: number | undefined): void {
        [this.bars, this.times, this.deals, this.levels, this.chosen] = [bars, times, deals, levels, chosen];
        this.redraw();
    }

    /** @param marks Those that the chart draws: labels do not cover their texts. */
    leaveRoom(marks: readonly Bundle[]): void {
        this.marks = marks.filter((m) => m.text !== '');
        this.redraw();
    }

    private draw(pen: CanvasRenderingContext2D, size: { width: number; height: number }): void {
        const { chart, series, times } = this;
        const sight = chart?.timeScale().getVisibleLogicalRange();
        if (!chart || !series || !sight || times.length === 0) return;
        const across = (time: number) => chart.timeScale().logicalToCoordinate(indexOf(times, time) as unknown as Logical);
        const [first, last] = [
            times[Math.max(0, Math.floor(sight.from))] ?? 0,
            times[Math.min(times.length - 1, Math.ceil(sight.to))] ?? 0,
        ];
        const inSight = this.deals.filter((d) => d.from <= last && (d.to ?? last) >= first);
        // Open trades all end at the newest bar: of many, their levels say enough.
        const open = inSight.filter((d) => d.to === undefined).length;
        const shown = inSight.filter((d) => d.to !== undefined || open <= mostOpen || d.from === this.chosen);
        pen.save();
        if (shown.length <= mostDeals)
            for (const deal of shown) {
                const [x, y] = [across(Math.max(deal.from, times[0] ?? 0)), series.priceToCoordinate(deal.entryPrice)];
                const [toX, toY] = [across(deal.to ?? last), series.priceToCoordinate(deal.exitPrice ?? deal.entryPrice)];
                if (x === null || y === null || toX === null || toY === null) continue;
                if (deal.from === this.chosen) this.drawExcursions(pen, series, deal, x, toX);
                pen.strokeStyle = colour(deal.profit === undefined ? 'soft' : deal.profit < 0 ? 'loss' : 'gain');
                pen.lineWidth = deal.from === this.chosen ? 3 : 1.5;
                pen.setLineDash(deal.to === undefined ? [5, 4] : []);
                pen.beginPath();
                pen.moveTo(x, y);
                pen.lineTo(toX, toY);
                pen.stroke();
            }
        this.drawLevels(pen, size, series);
        pen.restore();
    }

    /** How far the price went against a trade and for it, as two areas from its entry to its exit, with the moves in percent. */
    private drawExcursions(pen: CanvasRenderingContext2D, series: ISeriesApi<'Candlestick'>, deal: Deal, from: number, to: number): void {
        const entry = series.priceToCoordinate(deal.entryPrice);
        for (const [extreme, name] of [
            [deal.worst, 'loss'],
            [deal.best, 'gain'],
        ] as const) {
            const y = extreme === undefined ? null : series.priceToCoordinate(extreme);
            if (entry === null || y === null) continue;
            pen.fillStyle = colour(name);
            pen.globalAlpha = 0.14;
            pen.fillRect(from, Math.min(entry, y), Math.max(2, to - from), Math.abs(y - entry));
            pen.globalAlpha = 1;
            const move = (extreme ?? 0) / deal.entryPrice - 1;
            const text = signedPercent(deal.side === 'long' ? move : -move);
            pen.font = '12px system-ui, sans-serif';
            pen.textBaseline = 'middle';
            if (to - from < pen.measureText(text).width + 8) continue;
            // Inside of the area where it is high enough, else beside it.
            const isHigh = Math.abs(y - entry) >= line;
            pen.fillText(text, from + 4, y + (y < entry === isHigh ? 1 : -1) * 8);
        }
    }

    private textsIn(pen: CanvasRenderingContext2D, chart: IChartApi, series: ISeriesApi<'Candlestick'>, width: number): Box[] {
        const { barSpacing } = chart.timeScale().options();
        return this.marks.flatMap((mark) => {
            const bar = indexOf(this.times, mark.time);
            const isBelow = isBelowBar(mark.kind);
            const x = chart.timeScale().logicalToCoordinate(bar as unknown as Logical);
            const y = series.priceToCoordinate((isBelow ? this.bars?.low : this.bars?.high)?.[bar] ?? 0);
            if (x === null || y === null || x < -100 || x > width / 2) return [];
            const half = pen.measureText(mark.text).width / 2;
            const height = heightOf(mark, barSpacing);
            return [{ left: x - half, right: x + half, top: isBelow ? y : y - height, bottom: isBelow ? y + height : y }];
        });
    }

    private drawLevels(pen: CanvasRenderingContext2D, size: { width: number; height: number }, series: ISeriesApi<'Candlestick'>): void {
        const places = this.levels.map((l) => series.priceToCoordinate(l.price) ?? -1);
        const drawn: string[] = [];
        const written: string[] = [];
        pen.setLineDash([4, 4]);
        pen.lineWidth = 1;
        this.levels.forEach((level, i) => {
            const y = Math.round(places[i] ?? -1) + 0.5;
            if (y < 0 || y > size.height) return;
            drawn.push(level.text);
            pen.strokeStyle = colour(level.colour);
            pen.globalAlpha = this.levels.length > mostLabels && i >= mostLabels ? 0.35 : 1;
            pen.beginPath();
            pen.moveTo(0, y);
            pen.lineTo(size.width, y);
            pen.stroke();
        });
        pen.globalAlpha = 1;
        pen.font = '12px system-ui, sans-serif';
        pen.textBaseline = 'middle';
        const labels = labelsOf(places, size.height);
        const texts = this.chart && labels.length > 0 ? this.textsIn(pen, this.chart, series, size.width) : [];
        for (const { index, y } of labels) {
            const level = this.levels[index];
            if (level === undefined) continue;
            const text = level.text;
            written.push(text);
            const width = pen.measureText(text).width + 8;
            const left = besideTexts({ y, width }, texts, size.width);
            pen.fillStyle = colour('paper');
            pen.fillRect(left, y - 7, width, 14);
            pen.fillStyle = colour(level.colour);
            pen.fillText(text, left + 4, y);
        }
        // For tests and other readers of the page.
        const stage = this.chart?.chartElement().parentElement;
        if (!stage) return;
        stage.dataset.levels = drawn.join('\n');
        stage.dataset.labels = written.join('\n');
    }
}
