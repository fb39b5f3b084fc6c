export interface Candles {
    open: readonly number[];
    high: readonly number[];
    low: readonly number[];
    close: readonly number[];
}

/**
 * Heikin-Ashi candles: the close is the mean of a bar's four prices, the open the middle of the candle before, and high and low contain both.
 * The first candle opens in the middle of its bar's open and close.
 */
export function heikinAshi(bars: Candles): Candles {
    const count = bars.close.length;
    const made = {
        open: new Array<number>(count),
        high: new Array<number>(count),
        low: new Array<number>(count),
        close: new Array<number>(count),
    };
    for (let i = 0; i < count; i++) {
        const [o, h, l, c] = [bars.open[i] ?? 0, bars.high[i] ?? 0, bars.low[i] ?? 0, bars.close[i] ?? 0];
        const close = (o + h + l + c) / 4;
        const open = i === 0 ? (o + c) / 2 : ((made.open[i - 1] ?? 0) + (made.close[i - 1] ?? 0)) / 2;
        made.open[i] = open;
        made.close[i] = close;
        made.high[i] = Math.max(h, open, close);
        made.low[i] = Math.min(l, open, close);
    }
    return made;
}
