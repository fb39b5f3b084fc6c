using System.IO.Compression;
using System.Text.Json;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Pages;

/// <summary>
/// What the page's script reads out of its packed data (docs/report.md): candles, trades and equity of each strategy. All of it is compared
/// with the files of the run and the bars.
/// </summary>
internal sealed class PackedCharts(PageCheck check, RunFigures run)
{
    private const double Cent = 0.00501;

    private readonly Dictionary<string, double[]> _columns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _at = new(StringComparer.Ordinal) { ["trade"] = 0, ["value"] = 0 };
    private JsonElement _root;
    private List<Candles> _markets = [];
    private int _wrong;

    // Candles of a market; Unit and TradeUnit are the steps of their prices and of trades' prices.
    private sealed record Candles(string Symbol, string Timeframe, double Unit, double TradeUnit, double Scale, bool IsComplete,
        List<MarketBar> Bars);

    public void Check()
    {
        if (check.Page.Packed.Count == 0) return;
        check.Page.Packed.Count.ShouldBe(1, "packed data of the page");
        check.CountsAsPacked();
        var bytes = Convert.FromBase64String(check.Page.Packed[0].Trim());
        using var json = JsonDocument.Parse(new DeflateStream(new MemoryStream(bytes), CompressionMode.Decompress));
        _root = json.RootElement;
        _markets = Markets();
        foreach (var market in _markets) Compare(market);
        var shown = _root.GetProperty("strategies").EnumerateArray().ToList();
        foreach (var (strategy, ranked) in shown.Zip(run.Ranked.Where(s => s.GetProperty("stats").ValueKind == JsonValueKind.Object)))
        {
            var id = strategy.GetProperty("id").GetString()!;
            if (id != ranked.GetProperty("id").GetString()) Wrong($"{id} stands where {ranked.GetProperty("id").GetString()} should");
            var market = _markets[strategy.GetProperty("m").GetInt32()];
            if (market.Symbol != ranked.GetProperty("symbol").GetString()) Wrong($"{id} is drawn over {market.Symbol}");
            Trades(strategy, id, market);
            Equity(strategy, ranked, id);
        }
        if (_at["trade"] != Column("a").Length) Wrong("there are more trades than those of the strategies");
    }

    private void Wrong(string what)
    {
        if (_wrong++ < 20) check.Text("packed chart data", what, "");
    }

    private void Same(string where, double shown, double expected, double tolerance)
    {
        if (!(Math.Abs(shown - expected) <= tolerance + 1e-9 * Math.Abs(expected))) Wrong($"{where}: {shown}, recomputed {expected}");
    }

    // A column of the whole page, which every strategy reads a part of.
    private double[] Column(string name) => _columns.TryGetValue(name, out var read) ? read : _columns[name] = Column(_root, name);

    private static double[] Column(JsonElement owner, string name) =>
        [.. owner.GetProperty(name).EnumerateArray().Select(v => v.GetDouble())];

    private static double Round(double value) => Math.Floor(value + 0.5);

    // Opens are written from the close before, closes from the open, highs and lows from the body; longer bars as how many they join.
    private List<Candles> Markets()
    {
        var read = new List<Candles>();
        foreach (var m in _root.GetProperty("markets").EnumerateArray())
        {
            var (d, dd) = (m.GetProperty("d").GetInt32(), m.GetProperty("D").GetInt32());
            var unit = Math.Pow(10, -d);
            List<MarketBar> bars = [];
            if (!m.TryGetProperty("g", out _))
            {
                var (t, o, c, h, l) = (Column(m, "t"), Column(m, "o"), Column(m, "c"), Column(m, "h"), Column(m, "l"));
                var (time, close) = (0.0, 0.0);
                for (var k = 0; k < t.Length; k++)
                {
                    var open = o[k] + close;
                    close = open + c[k];
                    bars.Add(new MarketBar(DateTime.UnixEpoch.AddMinutes(time += t[k]), open * unit,
                        (h[k] + Math.Max(open, close)) * unit, (Math.Min(open, close) - l[k]) * unit, close * unit, 0));
                }
            }
            read.Add(new Candles(m.GetProperty("s").GetString()!, m.GetProperty("tf").GetString()!, unit, Math.Pow(10, -dd),
                Math.Pow(10, dd - d), m.GetProperty("x").GetDouble() == 0, bars));
        }
        foreach (var (m, market) in _root.GetProperty("markets").EnumerateArray().Zip(read))
        {
            if (!m.TryGetProperty("g", out _)) continue;
            var (k, shorter) = (0, read[m.GetProperty("of").GetInt32()].Bars);
            foreach (var (n, early) in Column(m, "g").Zip(Column(m, "b")))
            {
                market.Bars.Add(Resampled.Join(shorter[k].Time.AddMinutes(-early), shorter.GetRange(k, (int)n)));
                k += (int)n;
            }
        }
        return read;
    }

    // Each candle joins the bars from its time to the next candle's.
    private void Compare(Candles market)
    {
        var bars = run.Markets.Of(market.Symbol, market.Timeframe);
        var next = 0;
        for (var k = 0; k < market.Bars.Count; k++)
        {
            var (candle, first) = (market.Bars[k], next);
            var end = k + 1 < market.Bars.Count ? market.Bars[k + 1].Time : DateTime.MaxValue;
            while (next < bars.Count && bars[next].Time < end) next++;
            if (next == first || (market.IsComplete && next != first + 1))
            {
                Wrong($"{market.Symbol}: the candle at {candle.Time:u} joins {next - first} bars");
                return;
            }
            var joined = Resampled.Join(bars[first].Time, bars.GetRange(first, next - first));
            var where = $"{market.Symbol} {market.Timeframe} at {candle.Time:u}";
            if (joined.Time != candle.Time) Wrong($"{where}: the bars begin at {joined.Time:u}");
            Same(where + ", open", candle.Open, joined.Open, 0.51 * market.Unit);
            Same(where + ", high", candle.High, joined.High, 0.51 * market.Unit);
            Same(where + ", low", candle.Low, joined.Low, 0.51 * market.Unit);
            Same(where + ", close", candle.Close, joined.Close, 0.51 * market.Unit);
        }
        if (next != bars.Count) Wrong($"{market.Symbol}: {bars.Count - next} bars are in no candle");
    }

    private void Trades(JsonElement s, string id, Candles market)
    {
        var own = run.Files.TradesOf(id);
        var count = s.GetProperty("n").GetInt32();
        if (count != own.Count) Wrong($"{id} has {count} trades, in trades.csv {own.Count}");
        var (a, b, r, i, o, n) = (Column("a"), Column("b"), Column("r"), Column("i"), Column("o"), Column("n"));
        var reasons = _root.GetProperty("reasons").EnumerateArray().Select(x => x.GetString()!).ToArray();
        var (byBar, slip, sizing) = (s.GetProperty("y").GetBoolean(), s.GetProperty("k").GetDouble(), s.GetProperty("z").GetInt32());
        var (share, fee, q) = (s.GetProperty("f").GetDouble(), s.GetProperty("c").GetDouble(), Column(s, "q"));
        double OfBar(double price) => Round(price / market.Unit) * market.Scale;
        double Open(int k, double factor) => Math.Min(OfBar(market.Bars[k].High),
            Math.Max(OfBar(market.Bars[k].Low), Round(OfBar(market.Bars[k].Open) * factor)));
        var (exitAt, before, equity) = (0.0, 0.0, s.GetProperty("w").GetDouble());
        for (var k = 0; k < count; k++)
        {
            var at = _at["trade"]++;
            var from = exitAt + a[at];
            var to = exitAt = from + b[at];
            var (side, why) = (Math.Sign(r[at]), (int)Math.Abs(r[at]) - 1);
            var entry = i[at] + (byBar ? Open((int)from, 1 + side * slip) : before);
            var exit = before = o[at] + (q[why] == 0 && byBar ? Open((int)to, 1 - side * slip) : Round(entry * (1 + side * q[why])));
            var size = share * (sizing == 0 ? 1
                : (sizing == 1 ? 1 : equity) / (byBar && from > 0 ? OfBar(market.Bars[(int)from - 1].Close) : entry));
            var net = (n[at] + Round(size * (side * (exit - entry) - fee * (entry + exit)) * 100)) / 100;
            equity += net;
            if (k >= own.Count) continue;
            var (trade, where) = (own[k], $"{id}, trade {k + 1}");
            DateTime When(double place) => byBar ? market.Bars[(int)place].Time : DateTime.UnixEpoch.AddMinutes(place);
            if (When(from) != trade.EntryTime || When(to) != trade.ExitTime) Wrong($"{where} is at {When(from):u} to {When(to):u}");
            if (side != trade.Sign || reasons[why] != TradeTables.Reason(trade)) Wrong($"{where}: {side} by {reasons[why]}");
            Same(where + ", entry", entry * market.TradeUnit, trade.EntryPrice, 0.51 * market.TradeUnit);
            Same(where + ", exit", exit * market.TradeUnit, trade.ExitPrice, 0.51 * market.TradeUnit);
            Same(where + ", net profit", net, trade.NetProfit, Cent);
        }
    }

    // At the start, and at the ends of periods.
    private void Equity(JsonElement s, JsonElement strategy, string id)
    {
        if (!s.TryGetProperty("e", out var length)) return;
        var (values, unit, level) = (Column("e"), s.GetProperty("u").GetDouble(), 0.0);
        var (period, start) = (TimeSpan.FromMinutes(s.GetProperty("p").GetDouble()),
            DateTime.UnixEpoch.AddMinutes(s.GetProperty("t").GetDouble()));
        var rows = run.OwnRows(strategy);
        var next = 0;
        for (var k = 0; k <= length.GetInt32(); k++)
        {
            level += values[_at["value"]++];
            var end = start + k * period;
            while (next < rows.Count && rows[next].Time < end) next++;
            Same($"{id}, equity before {end:u}", level * unit, next == 0 ? run.Cash : rows[next - 1].Equity, 0.51 * unit);
        }
    }
}
