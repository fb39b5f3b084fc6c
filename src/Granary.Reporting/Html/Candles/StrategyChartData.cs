using System.IO.Compression;
using System.Text.Json;
using Granary.Engine.Market;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Candles;

/// <summary>
/// Bars, trades and equity of the strategies in the interactive chart, as deflated JSON in base64. Bars are included once per symbol.
/// Strategies have the order of the table, those with weight first. The last ones are omitted if the page would become too large.
/// </summary>
internal sealed class StrategyChartData
{
    // Compressed bytes; base64 adds a third. The strategy table uses part of the page's three megabytes.
    private const long MostBytes = 950_000, FewestBytes = 250_000, BytesPerRow = 600;
    private const int RowsWithin = 1000;

    // The maximum over all strategies, because of the time for compression.
    private const long MostTrades = 600_000;

    // The maximum number of candles of all markets, and the minimum for one market.
    private const int MostCandles = 48_000, FewestCandles = 400;

    private StrategyChartData(string packed, int strategies) => (Packed, Strategies) = (packed, strategies);

    public string Packed { get; }

    /// <summary>The number of strategies that are included.</summary>
    public int Strategies { get; }

    public static StrategyChartData Of(RunView view)
    {
        var ranked = view.Ranked.Where(s => s.Stats is not null && s.HasListedTrades).Take(RunView.MostListed).ToArray();
        long trades = 0;
        var count = ranked.TakeWhile(s => (trades += s.Stats!.Trades) <= MostTrades).Count();
        var markets = Markets(view, ranked);
        var most = Math.Max(FewestBytes, MostBytes - BytesPerRow * Math.Max(0, ranked.Length - RowsWithin));
        while (true)
        {
            var packed = Packing(view, ranked.AsSpan(0, count), markets);
            if (packed.Length <= most || count <= 1) return new StrategyChartData(Convert.ToBase64String(packed), count);
            // The number that would fit, minus a margin.
            count = Math.Max(1, Math.Min(count - 1, (int)(count * 0.97 * most / packed.Length)));
        }
    }

    private static byte[] Packing(RunView view, ReadOnlySpan<StrategyEntry> ranked, Dictionary<(string, string), ChartMarket> markets)
    {
        var buffer = new MemoryStream();
        using (var deflate = new DeflateStream(buffer, CompressionLevel.Optimal, leaveOpen: true))
        using (var json = new Utf8JsonWriter(deflate))
        {
            var (trades, equity) = (new TradeColumns(), new List<double>());
            var shown = new List<ChartMarket>();
            int PlaceOf(ChartMarket market)
            {
                if (!shown.Contains(market)) shown.Add(market);
                return shown.IndexOf(market);
            }
            json.WriteStartObject();
            json.WriteStartArray("strategies");
            foreach (var s in ranked)
            {
                var market = markets[(SymbolOf(s), s.Timeframe)];
                json.WriteStartObject();
                json.WriteString("id", s.Id);
                json.WriteNumber("m", PlaceOf(market));
                Equity(json, s, equity);
                var own = view.Events.Trades(s.Index).Where(t => s.Symbols is null || t.SymbolIndex == 0).ToArray();
                var cash = s.Trace?.Start ?? view.Model.StartingCash;
                json.WriteNumber("w", cash);
                trades.Add(json, own, market, cash, view.Trades.Multiplier(market.Symbol));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            trades.Write(json);
            ChartMarket.Column(json, "e", equity);
            json.WriteStartArray("markets");
            for (var m = 0; m < shown.Count; m++) shown[m].Write(json, Joined(view, shown[m]), PlaceOf);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    // A symbol's shortest bars; its longer bars are derived from them if possible.
    private static Dictionary<(string, string), ChartMarket> Markets(RunView view, IReadOnlyList<StrategyEntry> ranked)
    {
        var markets = new Dictionary<(string, string), ChartMarket>();
        var frames = ranked.Select(s => (Symbol: SymbolOf(s), s.Timeframe)).Distinct().GroupBy(m => m.Symbol, StringComparer.Ordinal)
            .Select(g => g.OrderBy(m => Ticks(m.Timeframe)).ToArray()).ToArray();
        var room = Room(frames.ToDictionary(f => f[0].Symbol, f => Bars(view, f[0].Symbol, f[0].Timeframe), StringComparer.Ordinal));
        foreach (var symbol in frames)
        {
            var most = room[symbol[0].Symbol];
            var shortest = ChartMarket.Of(symbol[0].Symbol, symbol[0].Timeframe,
                view.Events.Bars(symbol[0].Symbol, symbol[0].Timeframe, most));
            markets[symbol[0]] = shortest;
            foreach (var longer in symbol.Skip(1))
            {
                var bars = view.Events.Bars(longer.Symbol, longer.Timeframe, most);
                markets[longer] = ChartMarket.Joined(longer.Timeframe, bars, shortest)
                    ?? ChartMarket.Of(longer.Symbol, longer.Timeframe, bars);
            }
        }
        return markets;
    }

    // Short series get all that they need; the others share the rest equally.
    private static Dictionary<string, int> Room(Dictionary<string, double> bars)
    {
        var room = new Dictionary<string, int>(StringComparer.Ordinal);
        var (left, symbols) = ((double)MostCandles, bars.Count);
        foreach (var (symbol, count) in bars.OrderBy(b => b.Value).ThenBy(b => b.Key, StringComparer.Ordinal))
        {
            room[symbol] = (int)Math.Max(FewestCandles, Math.Min(count, left / symbols--));
            left = Math.Max(0, left - room[symbol]);
        }
        return room;
    }

    // The number of bars of a symbol, estimated from its file.
    private static double Bars(RunView view, string symbol, string timeframe) =>
        view.Model.Markets.FirstOrDefault(m => m.Symbol == symbol) is { } known && Ticks(known.Timeframe) is > 0 and var own
            && Ticks(timeframe) is > 0 and var asked
            ? Math.Ceiling(known.Bars * (double)own / asked * 1.2) + 1 : MostCandles;

    private static long Ticks(string timeframe) => Timeframe.TryParse(timeframe, out var t) ? t.Value.Ticks : 0;

    private static int Joined(RunView view, ChartMarket market) => market.IsComplete || market.Bars.Count == 0 ? 1
        : view.Model.Markets.FirstOrDefault(m => m.Symbol == market.Symbol && m.Timeframe == market.Timeframe) is { } known
            ? Math.Max(1, (int)Math.Round(known.Bars / (double)market.Bars.Count)) : 1;

    // For a strategy with several symbols, the first is drawn.
    private static string SymbolOf(StrategyEntry strategy) => strategy.Symbols is { Count: > 0 } symbols ? symbols[0] : strategy.Symbol;

    // Six significant digits of equity, delta-encoded.
    private static void Equity(Utf8JsonWriter json, StrategyEntry strategy, List<double> equity)
    {
        if (strategy.Trace is not { } trace) return;
        var unit = Math.Pow(10, Math.Ceiling(Math.Log10(Math.Max(1e-6, trace.Start))) - 6);
        json.WriteNumber("p", trace.PeriodTicks / TimeSpan.TicksPerMinute);
        json.WriteNumber("t", (trace.FirstPeriod * trace.PeriodTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMinute);
        json.WriteNumber("u", unit);
        json.WriteNumber("e", trace.Equity.Length);
        double before = 0;
        foreach (var value in (double[])[trace.Start, .. trace.Equity])
        {
            var now = ChartMarket.Round(value / unit);
            equity.Add(now - before);
            before = now;
        }
    }
}
