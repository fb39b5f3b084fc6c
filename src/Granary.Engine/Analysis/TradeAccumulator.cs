namespace Granary.Engine.Analysis;

/// <summary>Measures of trades in constant memory: trades go to disk as they close.</summary>
internal sealed class TradeAccumulator
{
    private Moments _profits;
    private long _wins, _losses, _barsKnown;
    private double _grossProfit, _grossLoss, _total, _largestWin = double.NaN, _largestLoss = double.NaN, _bars;
    private int _winStreak, _lossStreak, _longestWins, _longestLosses;
    private Excursion _adverse, _favourable;

    /// <summary>The next trade in order of closing.</summary>
    /// <param name="profit">Net of commission, account currency.</param>
    /// <param name="adverse">Maximum adverse excursion, a positive fraction of the entry price; NaN where not known.</param>
    /// <param name="favourable">Maximum favourable excursion, likewise.</param>
    /// <param name="bars">Bars held; negative where not known.</param>
    public void Add(double profit, double adverse = double.NaN, double favourable = double.NaN, int bars = -1)
    {
        _profits.Add(profit);
        _total += profit;
        if (profit > 0)
        {
            _wins++;
            _grossProfit += profit;
            if (!(profit <= _largestWin)) _largestWin = profit;
            _longestWins = Math.Max(_longestWins, ++_winStreak);
            _lossStreak = 0;
        }
        else if (profit < 0)
        {
            _losses++;
            _grossLoss += profit;
            if (!(profit >= _largestLoss)) _largestLoss = profit;
            _longestLosses = Math.Max(_longestLosses, ++_lossStreak);
            _winStreak = 0;
        }
        else
        {
            _winStreak = _lossStreak = 0;
        }
        _adverse.Add(adverse, profit);
        _favourable.Add(favourable, profit);
        if (bars < 0) return;
        _bars += bars;
        _barsKnown++;
    }

    /// <summary>Measures of trades in the order of closing.</summary>
    /// <param name="profits">Net profit of each, account currency (pnl_net).</param>
    /// <param name="adverse">Maximum adverse excursion of each, as a positive fraction of the entry price; empty where not known.</param>
    /// <param name="favourable">Maximum favourable excursion, as a positive fraction of the entry price; empty where not known.</param>
    /// <param name="bars">Bars held by each; empty where not known.</param>
    /// <exception cref="ArgumentException">A span that is not empty differs in length.</exception>
    public static TradeMeasures Of(ReadOnlySpan<double> profits, ReadOnlySpan<double> adverse = default,
        ReadOnlySpan<double> favourable = default, ReadOnlySpan<int> bars = default)
    {
        if ((adverse.Length != 0 && adverse.Length != profits.Length) || (favourable.Length != 0 && favourable.Length != profits.Length)
            || (bars.Length != 0 && bars.Length != profits.Length))
            throw new ArgumentException("profits, excursions and bars are of the same trades: give as many of each, or none",
                nameof(profits));
        var accumulator = new TradeAccumulator();
        for (var i = 0; i < profits.Length; i++)
            accumulator.Add(profits[i], adverse.Length > 0 ? adverse[i] : double.NaN, favourable.Length > 0 ? favourable[i] : double.NaN,
                bars.Length > 0 ? bars[i] : -1);
        return accumulator.Measure();
    }

    /// <summary>The measures of the trades so far; more may be added afterwards.</summary>
    public TradeMeasures Measure() => new()
    {
        Trades = _profits.Count,
        Wins = _wins,
        Losses = _losses,
        GrossProfit = _grossProfit,
        GrossLoss = -_grossLoss,
        NetProfit = _total,
        LargestWin = _largestWin,
        LargestLoss = _largestLoss,
        LongestWinStreak = _longestWins,
        LongestLossStreak = _longestLosses,
        ProfitDeviation = _profits.SampleDeviation,
        Bars = _bars,
        BarsKnown = _barsKnown,
        Excursions = new ExcursionSummary(_adverse.Means, _favourable.Means),
    };

    private static double Mean(double sum, long count) => count > 0 ? sum / count : double.NaN;

    private struct Excursion
    {
        private long _count, _wins, _losses;
        private double _sum, _largest, _winsSum, _lossesSum;

        public void Add(double excursion, double profit)
        {
            if (double.IsNaN(excursion)) return;
            _count++;
            _sum += excursion;
            _largest = Math.Max(_largest, excursion);
            if (profit > 0)
            {
                _wins++;
                _winsSum += excursion;
            }
            else if (profit < 0)
            {
                _losses++;
                _lossesSum += excursion;
            }
        }

        public readonly ExcursionMeans Means =>
            new(Mean(_sum, _count), _count > 0 ? _largest : double.NaN, Mean(_winsSum, _wins), Mean(_lossesSum, _losses));
    }
}
