namespace Granary.Engine.Analysis;

/// <summary>What the closed trades of a strategy did, net of commission. NaN where undefined (no trades, no losers).</summary>
/// <param name="WinRate">Winners over all trades; a trade of exactly zero is neither a winner nor a loser.</param>
/// <param name="Expectancy">Mean net profit, account currency.</param>
/// <param name="AverageWin">Mean net profit of the winners, account currency.</param>
/// <param name="AverageLoss">Mean net profit of the losers, account currency, negative.</param>
/// <param name="ProfitFactor">Sum of wins over the absolute sum of losses.</param>
/// <param name="Payoff">Average win over the absolute average loss.</param>
/// <param name="LongestWinStreak">Most winners in a row, in order of closing; a zero ends a streak of either kind.</param>
public sealed record TradeStatistics(
    long Trades, long Winners, long Losers, double WinRate, double Expectancy, double AverageWin, double AverageLoss,
    double ProfitFactor, double Payoff, int LongestWinStreak, int LongestLossStreak,
    double TotalProfit, double LargestWin, double LargestLoss, double ProfitDeviation, double AverageBars, ExcursionSummary Excursions)
{
    /// <summary>From trades in order of closing.</summary>
    /// <param name="profits">Net profit of each, account currency (pnl_net).</param>
    /// <param name="adverse">Maximum adverse excursion of each, as a positive fraction of the entry price; empty where not known.</param>
    /// <param name="favourable">Maximum favourable excursion, as a positive fraction of the entry price; empty where not known.</param>
    /// <param name="bars">Bars held by each; empty where not known.</param>
    /// <exception cref="ArgumentException">A span that is not empty differs in length.</exception>
    public static TradeStatistics Of(ReadOnlySpan<double> profits, ReadOnlySpan<double> adverse = default,
        ReadOnlySpan<double> favourable = default, ReadOnlySpan<int> bars = default)
    {
        if ((adverse.Length != 0 && adverse.Length != profits.Length) || (favourable.Length != 0 && favourable.Length != profits.Length)
            || (bars.Length != 0 && bars.Length != profits.Length))
            throw new ArgumentException("profits, excursions and bars are of the same trades: give as many of each, or none", nameof(profits));
        var accumulator = new TradeAccumulator();
        for (var i = 0; i < profits.Length; i++)
            accumulator.Add(profits[i], adverse.Length > 0 ? adverse[i] : double.NaN, favourable.Length > 0 ? favourable[i] : double.NaN,
                bars.Length > 0 ? bars[i] : -1);
        return accumulator.ToStatistics();
    }
}

/// <summary>How far trades went against and for their holder before they closed, as positive fractions of the entry price; NaN where not known.</summary>
/// <param name="AverageAdverse">Mean maximum adverse excursion (MAE).</param>
/// <param name="WorstAdverse">The largest of them.</param>
/// <param name="WinnersAdverse">Mean of the winners: what a stop must leave room for.</param>
/// <param name="LosersFavourable">Mean maximum favourable excursion (MFE) of the losers: what was given back.</param>
/// <param name="EdgeRatio">Mean favourable over mean adverse excursion; 1 is a coin.</param>
public sealed record ExcursionSummary(
    double AverageAdverse, double WorstAdverse, double WinnersAdverse, double LosersAdverse,
    double AverageFavourable, double BestFavourable, double WinnersFavourable, double LosersFavourable, double EdgeRatio);

/// <summary>Trade statistics in constant memory: trades go to disk as they close.</summary>
public sealed class TradeAccumulator
{
    private Moments _profits;
    private long _winners, _losers, _barsKnown;
    private double _wins, _losses, _total, _largestWin = double.NaN, _largestLoss = double.NaN, _bars;
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
            _winners++;
            _wins += profit;
            if (!(profit <= _largestWin)) _largestWin = profit;
            _longestWins = Math.Max(_longestWins, ++_winStreak);
            _lossStreak = 0;
        }
        else if (profit < 0)
        {
            _losers++;
            _losses += profit;
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

    /// <summary>The statistics of the trades so far; more may be added afterwards.</summary>
    public TradeStatistics ToStatistics()
    {
        var averageWin = Mean(_wins, _winners);
        var averageLoss = Mean(_losses, _losers);
        return new TradeStatistics(_profits.Count, _winners, _losers, Mean(_winners, _profits.Count), Mean(_total, _profits.Count),
            averageWin, averageLoss, _losses < 0 ? _wins / -_losses : double.NaN, averageWin / -averageLoss, _longestWins, _longestLosses,
            _total, _largestWin, _largestLoss, _profits.SampleDeviation, Mean(_bars, _barsKnown),
            new ExcursionSummary(_adverse.Average, _adverse.Largest, _adverse.OfWinners, _adverse.OfLosers,
                _favourable.Average, _favourable.Largest, _favourable.OfWinners, _favourable.OfLosers,
                _adverse.Average > 0 ? _favourable.Average / _adverse.Average : double.NaN));
    }

    private static double Mean(double sum, long count) => count > 0 ? sum / count : double.NaN;

    private struct Excursion
    {
        private long _count, _winners, _losers;
        private double _sum, _largest, _winnersSum, _losersSum;

        public void Add(double excursion, double profit)
        {
            if (double.IsNaN(excursion)) return;
            _count++;
            _sum += excursion;
            _largest = Math.Max(_largest, excursion);
            if (profit > 0)
            {
                _winners++;
                _winnersSum += excursion;
            }
            else if (profit < 0)
            {
                _losers++;
                _losersSum += excursion;
            }
        }

        public readonly double Average => Mean(_sum, _count);

        public readonly double Largest => _count > 0 ? _largest : double.NaN;

        public readonly double OfWinners => Mean(_winnersSum, _winners);

        public readonly double OfLosers => Mean(_losersSum, _losers);
    }
}
