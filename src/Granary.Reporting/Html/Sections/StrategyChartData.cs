using System.IO.Compression;
using System.Text.Json;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>
/// The bars, trades and equity of the strategies that the interactive chart can show: JSON, deflated, base64. Strategies come in the
/// order of the table,
/// those with weight first, until the page would become too large.
/// </summary>
internal sealed class StrategyChartData
{
    // Compressed bytes, of which base64 makes a third more. The table above takes its part of the page's three megabytes.
    private const long MostBytes = 950_000, FewestBytes = 200_000, BytesPerRow = 600;
    private const int RowsWithin = 1000;

    // Candles of all markets together, and of one.
    private const int MostCandles = 16_000, FewestPerMarket = 400, MostPerMarket = 5000;

    private const long Minute = TimeSpan.TicksPerMinute;

    private StrategyChartData(string packed, int strategies) => (Packed, Strategies) = (packed, strategies);

    public string Packed { get; }

    /// <summary>How many of the strategies are in it.</summary>
    public int Strategies { get; }

    public static StrategyChartData Of(RunView view)
    {
        var ranked = view.Ranked.Where(s => s.Stats is not null).ToArray();
        var markets = ranked.Select(s => (Symbol: SymbolOf(s), s.Timeframe)).Distinct().ToList();
        var most = Math.Clamp(MostCandles / Math.Max(1, markets.Count), FewestPerMarket, MostPerMarket);
        var bars = markets.ConvertAll(m => view.Events.Bars(m.Symbol, m.Timeframe, most));
        var digits = bars.ConvertAll(Digits);
        var buffer = new MemoryStream();
        var bytes = Math.Max(FewestBytes, MostBytes - BytesPerRow * Math.Max(0,
            Math.Min(view.Ranked.Count, StrategyTableSection.MostRows) - RowsWithin));
        var count = 0;
        using (var deflate = new DeflateStream(buffer, CompressionLevel.Optimal, leaveOpen: true))
        using (var json = new Utf8JsonWriter(deflate))
        {
            json.WriteStartObject();
            json.WriteStartArray("strategies");
            foreach (var s in ranked)
            {
                var market = markets.IndexOf((SymbolOf(s), s.Timeframe));
                Strategy(json, view, s, market, digits[market]);
                json.Flush();
                deflate.Flush();
                count++;
                if (buffer.Length > bytes) break;
            }
            json.WriteEndArray();
            json.WriteStartArray("markets");
            var shown = ranked.Take(count).Select(s => (SymbolOf(s), s.Timeframe)).ToHashSet();
            for (var m = 0; m < markets.Count; m++) Market(json, view, markets[m].Symbol, markets[m].Timeframe,
                shown.Contains(markets[m]) ? bars[m] : [], digits[m]);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return new StrategyChartData(Convert.ToBase64String(buffer.GetBuffer(), 0, (int)buffer.Length), count);
    }

    // Of a strategy on several symbols the first is drawn.
    private static string SymbolOf(StrategyEntry strategy) => strategy.Symbols is { Count: > 0 } symbols ? symbols[0] : strategy.Symbol;

    // Whole numbers and their differences: the browser adds them up again. See explore.js.
    private static void Strategy(Utf8JsonWriter json, RunView view, StrategyEntry strategy, int market, int digits)
    {
        json.WriteStartObject();
        json.WriteString("id", strategy.Id);
        json.WriteNumber("m", market);
        if (strategy.Trace is { } trace)
        {
            // Six digits of equity.
            var unit = Math.Pow(10, Math.Ceiling(Math.Log10(Math.Max(1e-6, trace.Start))) - 6);
            json.WriteNumber("p", trace.PeriodTicks / Minute);
            json.WriteNumber("f", (trace.FirstPeriod * trace.PeriodTicks - DateTime.UnixEpoch.Ticks) / Minute);
            json.WriteNumber("u", unit);
            Differences(json, "e", [trace.Start, .. trace.Equity], e => (long)Math.Round(e / unit));
        }
        var trades = view.Events.Trades(strategy.Index).Where(t => strategy.Symbols is null || t.SymbolIndex == 0).ToArray();
        var step = Timeframe.TryParse(strategy.Timeframe, out var timeframe)
            && trades.All(t => (t.ExitTime - t.EntryTime) % timeframe.Value.Ticks == 0
                && (t.EntryTime - trades[0].EntryTime) % timeframe.Value.Ticks == 0)
            ? timeframe.Value.Ticks / Minute : 1;
        json.WriteNumber("x", step);
        Differences(json, "a", trades, t => (t.EntryTime - DateTime.UnixEpoch.Ticks) / Minute, step);
        Whole(json, "b", trades, t => (t.ExitTime - t.EntryTime) / Minute / step);
        // The sign is the side, two for a trade that is still open.
        Whole(json, "s", trades, t => (int)t.Side * (t.Reason == ExitReason.Open ? 2 : 1));
        Differences(json, "i", trades, t => Scaled(t.EntryPrice, digits));
        Whole(json, "o", trades, t => Scaled(t.ExitPrice, digits) - Scaled(t.EntryPrice, digits));
        json.WriteStartArray("n");
        foreach (var t in trades) json.WriteNumberValue(Math.Round(t.NetProfit, Math.Abs(t.NetProfit) < 1000 ? 2 : 0));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Market(Utf8JsonWriter json, RunView view, string symbol, string timeframe, IReadOnlyList<Bar> bars, int digits)
    {
        var known = view.Model.Markets.FirstOrDefault(m => m.Symbol == symbol);
        json.WriteStartObject();
        json.WriteString("s", symbol);
        json.WriteString("tf", timeframe);
        json.WriteNumber("d", digits);
        // A reader of long series has joined 2, 4, 8 … bars into one.
        json.WriteNumber("per", known is not null && known.Timeframe == timeframe && bars.Count > 0
            ? Math.Max(1, (int)Math.Round(known.Bars / (double)bars.Count)) : 1);
        json.WriteBoolean("intraday", Timeframe.TryParse(timeframe, out var t) && t.Value.IsIntraday);
        Differences(json, "t", bars, b => (b.Time - DateTime.UnixEpoch.Ticks) / Minute);
        Differences(json, "c", bars, b => Scaled(b.Close, digits));
        Whole(json, "o", bars, b => Scaled(b.Open, digits) - Scaled(b.Close, digits));
        Whole(json, "h", bars, b => Scaled(b.High, digits) - Scaled(Math.Max(b.Open, b.Close), digits));
        Whole(json, "l", bars, b => Scaled(Math.Min(b.Open, b.Close), digits) - Scaled(b.Low, digits));
        json.WriteEndObject();
    }

    // Decimals that leave seven digits of the highest price.
    private static int Digits(IReadOnlyList<Bar> bars) => bars.Count == 0 ? 0
        : Math.Clamp(6 - (int)Math.Floor(Math.Log10(Math.Max(1e-9, bars.Max(b => b.High)))), 0, 12);

    private static long Scaled(double price, int digits) => (long)Math.Round(price * Math.Pow(10, digits));

    private static void Whole<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Func<T, long> value)
    {
        json.WriteStartArray(name);
        foreach (var item in items) json.WriteNumberValue(value(item));
        json.WriteEndArray();
    }

    private static void Differences<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Func<T, long> value, long step = 1)
    {
        json.WriteStartArray(name);
        long before = 0;
        var first = true;
        foreach (var item in items)
        {
            var now = value(item);
            // The first stands as it is; later ones are multiples of the step away from it.
            json.WriteNumberValue(first ? now : (now - before) / step);
            (before, first) = (now, false);
        }
        json.WriteEndArray();
    }
}
