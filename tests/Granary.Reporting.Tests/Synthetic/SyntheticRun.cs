using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Tests.Synthetic;

/// <summary>
/// A run that never was, the same for a seed: markets that wander, strategies of six classes on grids, trades at the markets' own prices.
/// </summary>
internal sealed class SyntheticRun : IRunEvents
{
    private static readonly DateTime _start = new(2007, 1, 2, 0, 0, 0, DateTimeKind.Utc);

    private readonly Dictionary<(string, string), Bar[]> _bars = [];
    private readonly List<Trade>[] _trades;
    private readonly List<SignalRow>[] _signals;
    private readonly List<PortfolioTrade> _portfolio = [];

    private SyntheticRun(int strategies) => (_trades, _signals) = (new List<Trade>[strategies], new List<SignalRow>[strategies]);

    public RunModel Model { get; private set; } = null!;

    public int TradeCount => _trades.Sum(t => t.Count);

    public IEnumerable<Trade> Trades(int strategy) => _trades[strategy];

    public IEnumerable<SignalRow> Signals(int strategy) => _signals[strategy];

    public IReadOnlyList<string> FactorNames(int strategy) => ["sma(10)", "sma(30)"];

    public IEnumerable<PortfolioTrade> PortfolioTrades() => _portfolio;

    public IEnumerable<(string Symbol, RollEvent Roll)> Rolls(int strategy) => [];

    public IEnumerable<(string Symbol, PortfolioFill Fill)> PortfolioFills()
    {
        foreach (var (member, t, _) in _portfolio)
        {
            var symbol = Model.Strategies[member].SymbolOf(t);
            var entry = new PortfolioFill(member, t.Number, 0, t.Side, PortfolioFillKind.Entry, t.EntryTime, t.EntryPrice, t.Quantity, 0);
            yield return (symbol, entry);
            if (t.Reason != ExitReason.Open)
                yield return (symbol, entry with { Kind = PortfolioFillKind.Exit, Time = t.ExitTime, Price = t.ExitPrice });
        }
    }

    // What the trades hold at the closes of a calendar's days, by symbol.
    private SymbolValue[][] Held(List<StrategyEntry> entries, List<long> calendar)
    {
        var held = calendar.Select(_ => new SortedDictionary<string, SymbolValue>(StringComparer.Ordinal)).ToArray();
        foreach (var (member, t, _) in _portfolio)
        {
            var (symbol, bars) = (entries[member].SymbolOf(t), _bars[(entries[member].SymbolOf(t), entries[member].Timeframe)]);
            var (day, bar) = (Math.Abs(calendar.BinarySearch(t.EntryTime)), 0);
            for (; day < held.Length && (t.Reason == ExitReason.Open || calendar[day] < t.ExitTime); day++)
            {
                while (bar + 1 < bars.Length && bars[bar + 1].Time <= calendar[day]) bar++;
                var (value, before) = (t.Quantity * bars[bar].Close, held[day].GetValueOrDefault(symbol));
                held[day][symbol] = new SymbolValue(symbol, before.Net + (int)t.Side * value, before.Gross + value);
            }
        }
        return [.. held.Select(h => h.Values.ToArray())];
    }

    public IReadOnlyList<Bar> Bars(string symbol, string timeframe, int most)
    {
        var bars = _bars[(symbol, timeframe)];
        var per = (bars.Length + most - 1) / most;
        if (per <= 1) return bars;
        var longer = new List<Bar>();
        for (var i = 0; i < bars.Length; i += per)
        {
            var part = bars.AsSpan(i, Math.Min(per, bars.Length - i));
            double high = part[0].High, low = part[0].Low, volume = 0;
            foreach (var b in part)
            {
                high = Math.Max(high, b.High);
                low = Math.Min(low, b.Low);
                volume += b.Volume;
            }
            longer.Add(new Bar(part[0].Time, part[0].Open, high, low, part[^1].Close, volume));
        }
        return longer;
    }

    /// <param name="seed">The same seed, the same run.</param>
    /// <param name="trades">About so many in all; with 0 no strategy trades.</param>
    /// <param name="edge">Drift of the markets in the holders' favour, per day.</param>
    public static SyntheticRun Make(int strategies = 1000, int trades = 20_000, int symbols = 10, int days = 4500, int seed = 7,
        bool benchmark = true, double edge = 0.0004)
    {
        var run = new SyntheticRun(strategies);
        var random = new Random(seed);
        var markets = run.MakeMarkets(random, symbols, days, edge);
        var entries = run.MakeStrategies(random, markets, strategies, trades);
        run.MakePortfolio(random, markets, entries, days, benchmark, seed);
        return run;
    }

    private List<MarketEntry> MakeMarkets(Random random, int symbols, int days, double edge)
    {
        var markets = new List<MarketEntry>();
        for (var s = 0; s < symbols; s++)
        {
            var hourly = s % 3 == 2;
            var step = hourly ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1);
            var count = hourly ? days * 2 : days;
            var bars = new List<Bar>(count);
            var time = hourly ? _start.AddDays(days * 0.6).Date : _start;
            double price = 40 + 30 * s, volatility = 0.012;
            while (bars.Count < count)
            {
                if (time.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || (hourly && time.Hour is < 8 or > 17 && hourly))
                {
                    time += step;
                    continue;
                }
                volatility = Math.Clamp(volatility * Math.Exp(0.08 * Normal(random)), 0.006, 0.035);
                var scale = hourly ? 0.33 : 1;
                var open = price * (1 + 0.2 * scale * volatility * Normal(random));
                var close = Math.Max(1, open * (1 + edge * scale * scale + scale * volatility * Normal(random)));
                var wick = scale * volatility * price * 0.6;
                bars.Add(new Bar(time.Ticks, Tick(open), Tick(Math.Max(open, close) + wick * random.NextDouble()),
                    Tick(Math.Min(open, close) - wick * random.NextDouble()), Tick(close),
                    Math.Round(2e5 * Math.Exp(0.5 * Normal(random)))));
                price = close;
                time += step;
            }
            var symbol = ((string[])["ORCL", "YHOO", "EURUSD", "MSFT", "NVDA", "BTCUSDT", "SPY", "GLD", "CL", "TLT"])[s % 10] + (s >= 10
                ? $"{s / 10}" : "");
            _bars[(symbol, hourly ? "1h" : "1d")] = [.. bars];
            string[] findings = s switch
            {
                1 => ["3 gaps of more than two sessions, the longest 2012-10-26 to 2012-10-31",
                    "1 bar repeats its predecessor's close four times"],
                4 => ["split of 4 for 1 suspected at 2021-07-20: the close fell by 75.1 % overnight and no factor file names it"],
                _ => [],
            };
            markets.Add(new MarketEntry(symbol, hourly ? "1h" : "1d", bars.Count, bars[0].OpenTime, bars[^1].OpenTime,
                Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData([(byte)s])), findings));
        }
        return markets;
    }

    private List<StrategyEntry> MakeStrategies(Random random, List<MarketEntry> markets, int strategies, int trades)
    {
        var entries = new List<StrategyEntry>();
        string[] classes = ["SmaCross", "RsiReversion", "DonchianBreakout", "BollingerReversion", "MacdCross", "BuyAndHold"];
        for (var i = 0; i < strategies; i++)
        {
            var market = markets[i % markets.Count];
            var name = classes[i / markets.Count % (i == 0 ? 1 : 5)];
            var k = i / markets.Count / 5;
            List<(string, object)> parameters = name switch
            {
                "SmaCross" => [("fast", 5 + 5 * (k % 5)), ("slow", 40 + 20 * (k / 5 % 5))],
                "RsiReversion" => [("length", 7 + 7 * (k % 4)), ("low", 20.0 + 2.5 * (k / 4 % 5)), ("high", 70.0)],
                "DonchianBreakout" => [("entry", 10 + 10 * (k % 5)), ("exit", 5 + 5 * (k / 5 % 4))],
                "BollingerReversion" => [("length", 10 + 10 * (k % 4)), ("width", 1.5 + 0.25 * (k / 4 % 5))],
                "MacdCross" => [("fast", 8 + 2 * (k % 4)), ("slow", 20 + 3 * (k / 4 % 5)), ("signal", 9)],
                _ => [],
            };
            var hourly = market.Timeframe == "1h";
            var sides = i % 4 == 3 ? "both" : "long";
            var id = $"{name}({string.Join(",", parameters.Select(p => $"{p.Item1}={p.Item2}"))})@{market.Symbol}:{market.Timeframe}"
                + (sides == "both" ? ":both" : "");
            var own = MakeTrades(random, i, _bars[(market.Symbol, market.Timeframe)],
                trades == 0 ? 0 : Math.Max(1, trades / strategies + random.Next(-6, 7)), sides == "both");
            _trades[i] = own;
            entries.Add(i == strategies - 1
                ? new StrategyEntry(i, id, name, parameters, market.Symbol, market.Timeframe, sides, 0, null,
                    Error: "the factor sma(400) never became warm: the market has 120 bars")
                : new StrategyEntry(i, id, name, parameters, market.Symbol, market.Timeframe, sides, 0,
                    SyntheticMetrics.OfTrades(own, _bars[(market.Symbol, market.Timeframe)], hourly ? 2520 : 252))
                {
                    Trace =
                        Traced(own, _bars[(market.Symbol, market.Timeframe)])
                });
        }
        for (var i = 0; i < entries.Count; i++)
        {
            // Winners carry weight, and of them every fourth half of it, so that there are several weights.
            if (entries[i].Stats is { Sharpe: > 0.25, Trades: > 5 })
                entries[i] = entries[i] with { Weight = i % 4 == 0 ? 0.5 : 1, Model = i % 10 == 0 ? "gate:3" : null };
        }
        return entries;
    }

    private List<Trade> MakeTrades(Random random, int strategy, Bar[] bars, int count, bool both)
    {
        var made = new List<Trade>();
        var signals = _signals[strategy] = [];
        var per = Math.Max(3, (bars.Length - 40) / Math.Max(1, count));
        for (var k = 0; k < count; k++)
        {
            var entry = 30 + k * per + random.Next(per / 3 + 1);
            var length = 1 + (int)(random.NextDouble() * random.NextDouble() * (per - 2));
            if (entry + length >= bars.Length) break;
            var side = both && random.Next(2) == 0 ? Side.Sell : Side.Buy;
            var quantity = Math.Round(10_000 / bars[entry].Open, 2);
            double worst = 0, best = 0;
            var open = k == count - 1 && strategy % 5 == 0;
            var reason = open ? ExitReason.Open : ExitReason.Signal;
            var exit = entry + length;
            for (var i = entry; i <= entry + length; i++)
            {
                var low = bars[i].Low / bars[entry].Open - 1;
                var high = bars[i].High / bars[entry].Open - 1;
                worst = Math.Max(worst, side == Side.Buy ? -low : high);
                best = Math.Max(best, side == Side.Buy ? high : -low);
                if (!open && worst > 0.05)
                {
                    (reason, exit) = (ExitReason.Stop, i);
                    break;
                }
                if (!open && best > 0.12)
                {
                    (reason, exit) = (ExitReason.Target, i);
                    break;
                }
            }
            if (reason == ExitReason.Signal && length > per / 2) reason = ExitReason.MaxBars;
            var price = reason switch
            {
                ExitReason.Stop => bars[entry].Open * (1 - (int)side * 0.05),
                ExitReason.Target => bars[entry].Open * (1 + (int)side * 0.12),
                _ => bars[exit].Close,
            };
            var profit = (int)side * (price - bars[entry].Open) * quantity;
            var trade = new Trade(k + 1, side, quantity, bars[entry - 1].Time, bars[entry].Time, bars[entry].Open, bars[exit].Time, price,
                profit, 0.001 * quantity * (price + bars[entry].Open), exit - entry, reason, worst, best);
            made.Add(trade);
            var signal = new Signal(k + 1, bars[entry - 1].Time, side, OrderType.Market, bars[entry - 1].Close, quantity, 0, 0,
                bars[entry].Time);
            var decision = ((k + strategy) % 5) switch
            {
                3 => Decision.Of("max-positions"),
                4 =>
                strategy % 2 == 0 ? Decision.NoCash : Decision.Of("max-symbol"),
                _ => Decision.Accepted
            };
            signals.Add(new SignalRow(signal, decision, trade, null, [1, 2]));
        }
        return made;
    }

    // Equity of the strategy's own account at the ends of weeks, its trades at their closes.
    private static EquityTrace Traced(List<Trade> trades, Bar[] bars)
    {
        var tracer = new EquityTracer(7 * TimeSpan.TicksPerDay, 100_000);
        foreach (var bar in bars)
        {
            double equity = 100_000;
            foreach (var t in trades)
                if (t.EntryTime <= bar.Time)
                    equity += t.ExitTime <= bar.Time ? t.NetProfit : (int)t.Side * t.Quantity * (bar.Close - t.EntryPrice);
            tracer.Add(bar.Time, equity);
        }
        return tracer.Finish()!;
    }

    private void MakePortfolio(Random random, List<MarketEntry> markets, List<StrategyEntry> entries, int days, bool benchmark, int seed)
    {
        TakePortfolioTrades(entries);
        var calendar = new List<long>();
        var last = markets.Max(m => m.Last);
        for (var d = _start; d <= last; d = d.AddDays(1))
            if (d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)) calendar.Add(d.Ticks);
        var common = new double[calendar.Count];
        for (var d = 1; d < common.Length; d++) common[d] = common[d - 1] + 0.009 * Normal(random);
        var (gains, exposure) = SpreadOverDays(calendar, common);
        var (recorder, held) = (new EquityRecorder(), Held(entries, calendar));
        double equity = 200_000, peak = equity;
        for (var d = 0; d < gains.Length; d++)
        {
            equity += gains[d];
            peak = Math.Max(peak, equity);
            recorder.Add(new EquityRow(calendar[d], equity, equity - exposure[d], exposure[d], 1 - equity / peak), held[d]);
        }
        var closes = recorder.Closes();
        var curve = new EquityCurve([.. closes.Select(r => r.Time)], [.. closes.Select(r => r.Equity)]);
        var statistics = EquityStatistics.Of(curve);
        var measures = TradeAccumulator.Of([.. _portfolio.Where(t => t.Trade.Reason != ExitReason.Open).Select(t => t.Trade.NetProfit)]);
        var other = new double[calendar.Count];
        for (var d = 0; d < other.Length; d++)
            other[d] = d == 0 ? curve.Values[0] : other[d - 1] * (1 + 0.0003 + 0.3 * gains[d] / 2e5 + 0.009 * Normal(random));
        Model = new RunModel
        {
            Name = "quickstart",
            Run = "quickstart-20261026T140512Z",
            Digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData([(byte)seed])),
            CreatedAt = new DateTime(2026, 10, 26, 14, 5, 12, DateTimeKind.Utc),
            Seconds = 4.31,
            ElapsedSeconds = 35,
            BarEvaluations = (long)entries.Count * days,
            Host = "embedded, 2 threads",
            Strategies = entries,
            Markets = markets,
            StartingCash = 200_000,
            Portfolio = SyntheticMetrics.OfPortfolio(
                statistics, measures, curve.Count, _portfolio.Sum(t => t.Trade.Commission)),
            Equity = recorder.Rows(),
            Closes = closes,
            Held = recorder.Held(),
            WorstDrawdowns = recorder.WorstDrawdowns(),
            Benchmark = benchmark ? new EquityCurve([.. calendar], other) : null,
            Comparison = benchmark ? BenchmarkComparison.Of(curve, new EquityCurve([.. calendar], other), MetricCatalogue.BuiltIn) : null,
            BenchmarkName = benchmark ? "S&P 500" : null,
            Decisions = CountDecisions(entries),
            Notes = [new RunNote(NoteCode.InSample,
                "Weights are chosen from the same bars that the portfolio is tested on: expect less of the future.")],
            BatchText = "{\n  \"name\": \"quickstart\", // <script>alert('not markup')</script>\n  \"data\": { \"source\": "
                + "\"csv:samples/data\", \"symbols\": [\"*\"], \"timeframe\": \"1d\" },\n  \"strategies\": [\n    { \"class\": "
                + "\"SmaCross\", \"params\": { \"fast\": [5, 10, 15, 20, 25], \"slow\": [40, 60, 80, 100, 120] } }\n  ],\n  \"portfolio\": "
                + "{ \"weights\": \"winners\", \"limits\": { \"maxPositions\": 200 } },\n  \"seed\": 7\n}\n",
            Sections = SyntheticResults.Sections,
        };
    }

    private void TakePortfolioTrades(List<StrategyEntry> entries)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Weight == 0) continue;
            foreach (var row in _signals[i])
                if (row.Decision == Decision.Accepted && row.Trade is { } t)
                    _portfolio.Add(new PortfolioTrade(i,
                        t with
                        {
                            Quantity = t.Quantity * entries[i].Weight,
                            Profit = t.Profit * entries[i].Weight,
                            Commission = t.Commission * entries[i].Weight
                        }, entries[i].Weight));
        }
        _portfolio.Sort((a, b) => a.Trade.ExitTime != b.Trade.ExitTime ? a.Trade.ExitTime.CompareTo(b.Trade.ExitTime)
            : a.Member.CompareTo(b.Member));
    }

    // A trade's profit is spread over its days, with its share of what moves all markets.
    private (double[] Gains, double[] Exposure) SpreadOverDays(List<long> calendar, double[] common)
    {
        var gains = new double[calendar.Count];
        var exposure = new double[calendar.Count];
        foreach (var (_, t, _) in _portfolio)
        {
            var from = At(t.EntryTime);
            var to = At(t.ExitTime);
            // Spread over the days of the trade, with its share of what moves all markets, bridged so that it sums to nothing.
            double before = 0;
            for (var d = from; d <= to; d++)
            {
                var now = d == to ? t.NetProfit : t.NetProfit * (d - from + 1) / (to - from + 1)
                    + t.Quantity * t.EntryPrice * (common[d] - common[from]
                        - (common[to] - common[from]) * (d - from) / Math.Max(1, to - from));
                gains[d] += now - before;
                before = now;
                exposure[d] += t.Quantity * t.EntryPrice;
            }
        }
        return (gains, exposure);

        int At(long time)
        {
            var at = calendar.BinarySearch(time - time % TimeSpan.TicksPerDay);
            return Math.Min(calendar.Count - 1, at < 0 ? ~at : at);
        }
    }

    private Dictionary<Decision, long> CountDecisions(List<StrategyEntry> entries)
    {
        var decisions = new Dictionary<Decision, long>();
        for (var i = 0; i < entries.Count; i++)
            foreach (var row in _signals[i])
            {
                var decision = entries[i].Weight == 0 ? Decision.WeightZero : row.Decision;
                decisions[decision] = decisions.GetValueOrDefault(decision) + 1;
            }
        return decisions;
    }

    private static double Tick(double price) => Math.Round(price, 2);

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
