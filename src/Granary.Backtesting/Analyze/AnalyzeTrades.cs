using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Trading;
using Granary.Simulation.Json;
using Granary.Simulation.TradeFiles;

namespace Granary.Backtesting.Analyze;

/// <summary>What a file of trades says, without an equity curve.</summary>
/// <param name="File">The trades.</param>
/// <param name="All">Metrics of all closed trades, in the order of closing, net of commission.</param>
/// <param name="Longs">Of the long ones.</param>
/// <param name="Shorts">Of the short ones.</param>
/// <param name="Return">Mean return of a trade, net, on its notional at entry.</param>
/// <param name="Trials">How many systems were tried before this one was chosen; null where it is not known.</param>
public sealed record TradeAnalysis(TradeFile File, MetricSet All, MetricSet Longs, MetricSet Shorts, MeanInterval Return, int? Trials)
{
    /// <summary>
    /// The probability that the best of so many worthless systems has a mean return like this: one trial's times their number
    /// (Bonferroni); NaN where the number is not known.
    /// </summary>
    public double CorrectedPValue => Trials is { } trials ? Math.Min(1, Return.PValue * trials) : double.NaN;
}

/// <summary>Judges a file of trades, of Granary or of another program.</summary>
public static class AnalyzeTrades
{
    /// <param name="columns">The file's columns by role; null recognises the program.</param>
    /// <param name="trials">How many systems were tried; null where it is not known.</param>
    /// <exception cref="InputException">The file is wrong, or has no closed trade.</exception>
    public static TradeAnalysis Run(string path, IReadOnlyDictionary<string, string>? columns = null, int? trials = null)
    {
        if (trials < 1) throw new InputException($"--trials {trials}: the number of systems that were tried is 1 or more");
        var file = TradeFile.Read(path, columns);
        var closed = file.Trades.Where(t => !t.IsOpen).OrderBy(t => t.ExitTime).ThenBy(t => t.EntryTime).ThenBy(t => t.Line).ToList();
        if (closed.Count == 0) throw new InputException($"{path}: none of its trades is closed; statistics need closed trades");
        double Net(RecordedTrade t) => t.PriceProfit * MultiplierOf(t) - t.Commission;
        double MultiplierOf(RecordedTrade t) => file.Multipliers.GetValueOrDefault(t.Symbol, 1);
        MetricSet Metrics(IEnumerable<RecordedTrade> trades) => MetricCatalogue.BuiltIn.Compute(
            MetricInput.Of(TradeAccumulator.Of([.. trades.Select(Net)])));
        return new TradeAnalysis(file, Metrics(closed), Metrics(closed.Where(t => t.Side == Side.Buy)),
            Metrics(closed.Where(t => t.Side == Side.Sell)),
            MeanInterval.Of([.. closed.Select(t => Net(t) / (t.EntryPrice * t.Quantity * MultiplierOf(t)))]), trials);
    }
}
