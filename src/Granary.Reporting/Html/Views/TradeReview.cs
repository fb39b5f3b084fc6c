using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Views;

/// <summary>Statistics of trades for the page, collected in one pass in bounded memory.</summary>
internal sealed class TradeReview
{
    /// <summary>Most trades to review of the strategies' own accounts, if no strategy carries weight.</summary>
    private const long MostOwnTrades = 250_000;

    private const int MostPoints = 1200, MostOpen = 40, MostFills = 65_536;

    private readonly RunModel _model;
    private readonly EquityCurve _closes;
    private readonly Dictionary<string, double> _multipliers = new(StringComparer.Ordinal);
    private readonly TradeAccumulator _accumulator = new();
    private readonly Thinning<(double Adverse, double Favourable, double Return)> _points = new(MostPoints);
    private readonly List<double> _returns = [];
    private readonly Thinning<double> _winsAdverse = new(MostFills);
    private readonly Dictionary<string, Thinning<double>> _fills = new(StringComparer.Ordinal);
    private readonly bool[] _intraday;
    private int _streak;

    private TradeReview(RunModel model, EquityCurve closes)
    {
        _model = model;
        _closes = closes;
        foreach (var market in model.Markets) _multipliers[market.Symbol] = market.Multiplier;
        _intraday = [.. model.Strategies.Select(s => Timeframe.TryParse(s.Timeframe, out var t) && t.Value.IsIntraday)];
        Net = new double[model.Strategies.Count];
        Closed = new int[model.Strategies.Count];
        Moved = new double[model.Strategies.Count];
    }

    /// <summary>Whether these are the portfolio's trades; false if the strategies' own trades are used instead.</summary>
    public bool OfPortfolio { get; private set; }

    /// <summary>Whether trades of some strategies are left out, because there are too many for the files or for the page.</summary>
    public bool Cut { get; private set; }

    /// <summary>Measures of closed trades.</summary>
    public TradeMeasures Measures { get; private set; }

    /// <summary>Metrics of closed trades.</summary>
    public MetricSet Metrics => _model.Metrics.Compute(MetricInput.Of(Measures));

    public SortedDictionary<ExitReason, TradeGroup> ByReason { get; } = [];

    public SortedDictionary<Side, TradeGroup> BySide { get; } = [];

    public SortedDictionary<string, TradeGroup> BySymbol { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, TradeGroup> ByClass { get; } = new(StringComparer.Ordinal);

    /// <summary>Groups by the UTC hour of the entry bar, for strategies on intraday bars.</summary>
    public TradeGroup?[] ByHour { get; } = new TradeGroup?[24];

    /// <summary>Groups by the UTC weekday of the entry bar, Monday first.</summary>
    public TradeGroup?[] ByWeekday { get; } = new TradeGroup?[7];

    /// <summary>Groups by bars held, in bands of 1, 2–4, 5–9, …</summary>
    public SortedDictionary<int, TradeGroup> ByBand { get; } = [];

    /// <summary>For each streak length, the number of winning and of losing streaks.</summary>
    public SortedDictionary<int, (int Wins, int Losses)> Streaks { get; } = [];

    /// <summary>MAE and MFE as fractions of the entry price, and the net return; an even sample.</summary>
    public IReadOnlyList<(double Adverse, double Favourable, double Return)> Points => _points.Kept;

    /// <summary>The median adverse excursion of wins; NaN without a win.</summary>
    public double WinsMedianAdverse => Quantile.Median([.. _winsAdverse.Kept.Order()]);

    public List<(int Strategy, Trade Trade)> Open { get; } = [];

    public long OpenCount { get; private set; }

    /// <summary>Profit of the trades with a gain before commission, account currency.</summary>
    public double GainsBeforeCosts { get; private set; }

    public double BeforeCosts { get; private set; }

    /// <summary>Commission of closed trades, account currency.</summary>
    public double Commission { get; private set; }

    /// <summary>Commission of the fills of open trades, account currency.</summary>
    public double OpenCommission { get; private set; }

    /// <summary>Dividends received, minus dividends paid and borrow fees.</summary>
    public double Financing { get; private set; }

    /// <summary>Traded value of entries and exits, account currency.</summary>
    public double Traded { get; private set; }

    public SortedDictionary<string, double> TradedBySymbol { get; } = new(StringComparer.Ordinal);

    public bool HasHours { get; private set; }

    /// <summary>Net profit of each strategy's closed trades.</summary>
    public double[] Net { get; }

    public int[] Closed { get; }

    /// <summary>Sum of the absolute net profits of each strategy's trades, with open trades at their marks.</summary>
    public double[] Moved { get; }

    public static TradeReview Of(RunModel model, IRunEvents events, EquityCurve closes)
    {
        var review = new TradeReview(model, closes);
        foreach (var trade in events.PortfolioTrades())
        {
            review.OfPortfolio = true;
            review.Add(trade.Member, trade.Trade);
        }
        if (review.OfPortfolio)
            foreach (var (symbol, fill) in events.PortfolioFills())
                review.Fill(symbol, fill.ValueOf(review.Multiplier(symbol)), fill.Time);
        if (!review.OfPortfolio)
        {
            long seen = 0;
            foreach (var strategy in model.Strategies)
            {
                if (strategy.Stats is null) continue;
                if (seen >= MostOwnTrades || !strategy.HasListedTrades)
                {
                    review.Cut = true;
                    continue;
                }
                foreach (var trade in events.Trades(strategy.Index))
                {
                    seen++;
                    review.Add(strategy.Index, trade);
                }
            }
        }
        review.EndStreak();
        review.Measures = review._accumulator.Measure();
        return review;
    }

    /// <summary>Net returns of all closed trades, ascending.</summary>
    public double[] SortedReturns()
    {
        double[] sorted = [.. _returns];
        Array.Sort(sorted);
        return sorted;
    }

    public double Multiplier(string symbol) => _multipliers.GetValueOrDefault(symbol, 1);

    /// <summary>Fill sizes of a symbol as fractions of the previous day's closing equity, ascending.</summary>
    public double[] Fills(string symbol)
    {
        if (!_fills.TryGetValue(symbol, out var fills)) return [];
        double[] sorted = [.. fills.Kept];
        Array.Sort(sorted);
        return sorted;
    }

    /// <summary>The lower limits of the bands of <see cref="ByBand"/>.</summary>
    public static IReadOnlyList<int> Bands { get; } = [0, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

    private void Add(int member, in Trade trade)
    {
        var strategy = _model.Strategies[member];
        var symbol = strategy.SymbolOf(trade);
        var multiplier = Multiplier(symbol);
        var unit = trade.Quantity * multiplier * trade.Rate;
        if (!OfPortfolio) Fill(symbol, Math.Abs(trade.EntryPrice) * unit, trade.EntryTime);
        Financing += trade.Financing;
        Moved[member] += Math.Abs(trade.NetProfit);
        if (trade.Reason == ExitReason.Open)
        {
            OpenCommission += trade.Commission;
            OpenCount++;
            if (Open.Count < MostOpen) Open.Add((member, trade));
            return;
        }
        if (!OfPortfolio) Fill(symbol, Math.Abs(trade.ExitPrice) * unit, trade.ExitTime);
        var net = trade.NetProfit;
        Commission += trade.Commission;
        BeforeCosts += trade.Profit;
        if (trade.Profit > 0) GainsBeforeCosts += trade.Profit;
        _accumulator.Add(net, trade.AdverseExcursion, trade.FavourableExcursion, trade.Bars);
        if (trade.Return(multiplier) is var result && double.IsFinite(result)) _returns.Add(result);
        if (!double.IsNaN(trade.AdverseExcursion))
        {
            _points.Add((trade.AdverseExcursion, trade.FavourableExcursion, trade.Return(multiplier)));
            if (net > 0) _winsAdverse.Add(trade.AdverseExcursion);
        }

        Group(ByReason, trade.Reason).Add(trade, multiplier);
        Group(BySide, trade.Side).Add(trade, multiplier);
        Group(BySymbol, symbol).Add(trade, multiplier);
        Group(ByClass, strategy.Class).Add(trade, multiplier);
        if (_intraday[member])
        {
            HasHours = true;
            (ByHour[(int)(trade.EntryTime / TimeSpan.TicksPerHour % 24)] ??= new()).Add(trade, multiplier);
        }
        // Tick zero is a Monday.
        (ByWeekday[(int)(trade.EntryTime / TimeSpan.TicksPerDay % 7)] ??= new()).Add(trade, multiplier);
        var band = Bands.Count - 1;
        while (band > 0 && trade.Bars < Bands[band]) band--;
        Group(ByBand, band).Add(trade, multiplier);

        Net[member] += net;
        Closed[member]++;

        var direction = Math.Sign(net);
        if (direction == 0 || Math.Sign(_streak) != direction) EndStreak();
        _streak += direction;
    }

    private void EndStreak()
    {
        if (_streak == 0) return;
        var length = Math.Abs(_streak);
        var (wins, losses) = Streaks.GetValueOrDefault(length);
        Streaks[length] = _streak > 0 ? (wins + 1, losses) : (wins, losses + 1);
        _streak = 0;
    }

    private void Fill(string symbol, double notional, long time)
    {
        // A split transfers no money.
        if (notional == 0) return;
        Traded += notional;
        TradedBySymbol[symbol] = TradedBySymbol.GetValueOrDefault(symbol) + notional;
        var equity = EquityBefore(time);
        if (!(equity > 0)) return;
        if (!_fills.TryGetValue(symbol, out var fills)) _fills[symbol] = fills = new(MostFills);
        fills.Add(notional / equity);
    }

    private double EquityBefore(long time)
    {
        if (!OfPortfolio || _closes.Count == 0) return _model.StartingCash;
        // A daily bar has the time of its open, and its row is the equity at its close.
        var at = _closes.Times.BinarySearch(time);
        return _closes.Values[Math.Max(0, (at < 0 ? ~at : at) - 1)];
    }

    private static TradeGroup Group<TKey>(SortedDictionary<TKey, TradeGroup> groups, TKey key)
        where TKey : notnull
    {
        if (!groups.TryGetValue(key, out var group)) groups[key] = group = new();
        return group;
    }
}

/// <summary>An even sample of a stream: every item until there are too many, then every second, every fourth, …</summary>
internal sealed class Thinning<T>(int most)
{
    private readonly List<T> _kept = [];
    private long _seen, _every = 1;

    public IReadOnlyList<T> Kept => _kept;

    public void Add(T item)
    {
        if (_seen++ % _every != 0) return;
        _kept.Add(item);
        if (_kept.Count < most) return;
        var half = 0;
        for (var i = 0; i < _kept.Count; i += 2) _kept[half++] = _kept[i];
        _kept.RemoveRange(half, _kept.Count - half);
        _every *= 2;
    }
}
