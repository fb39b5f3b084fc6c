using System.Globalization;
using Granary.Backtesting.Resampling;
using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Numerics;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.TradeFiles;

namespace Granary.Backtesting.Analyze;

/// <summary>Statistics of a file of trades, without an equity curve.</summary>
/// <param name="File">The trades.</param>
/// <param name="All">Metrics of all closed trades, in the order of closing, net of commission. Rows of one entry are one trade.</param>
/// <param name="Longs">Metrics of the long trades.</param>
/// <param name="Shorts">Metrics of the short trades.</param>
/// <param name="Return">Mean net return of a trade on its notional at entry.</param>
/// <param name="Trials">The number of systems that were tried before this one was selected; null if unknown.</param>
internal sealed record TradeAnalysis(TradeFile File, MetricSet All, MetricSet Longs, MetricSet Shorts, MeanInterval Return, int? Trials)
{
    /// <summary>Why the interval of the mean return and its p-value are undefined; null if they are defined.</summary>
    public string? Undefined => !double.IsNaN(Return.PValue) ? null
        : Return.Count < 2 ? "One closed trade has no interval and no p-value; both need two or more."
        : $"All {Return.Count} closed trades have the same return, so that their interval and p-value are undefined.";

    /// <summary>
    /// The probability that the best of this many worthless systems has such a mean return: the p-value of one trial times their number
    /// (Bonferroni); NaN if the number is unknown.
    /// </summary>
    public double CorrectedPValue => double.IsNaN(Return.PValue) ? double.NaN
        : Trials is { } trials ? Math.Min(1, Return.PValue * trials) : double.NaN;

    /// <summary>The closed trades in the order of closing.</summary>
    public required IReadOnlyList<ResampledTrade> Closed { get; init; }

    /// <summary>The number of rows of the closed trades; more than the trades if the exits of some have several rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Notes about the file and how its rows were counted; empty if there are none.</summary>
    public IEnumerable<string> Notes => Rows == All.Trades ? File.Notes : File.Notes.Append(string.Create(CultureInfo.InvariantCulture,
        $"{Path.GetFileName(File.Path)}: {Rows:N0} rows are {Counted.Of(All.Trades, "closed trade")}, since rows with the same entry are "
            + $"parts of one trade."));
}

/// <summary>Analyses a file of trades, from Granary or another program.</summary>
internal static class AnalyzeTrades
{
    /// <param name="columns">The file's columns by role; null to detect the program.</param>
    /// <param name="trials">The number of systems that were tried; null if unknown.</param>
    /// <exception cref="InputException">The file is invalid, or has no closed trade.</exception>
    public static TradeAnalysis Run(string path, IReadOnlyDictionary<string, string>? columns = null, int? trials = null)
    {
        if (trials < 1) throw new InputException($"--trials {trials}: the number of systems that were tried is 1 or more");
        var file = TradeFile.Read(path, columns);
        var closed = file.Trades.Where(t => !t.IsOpen).OrderBy(t => t.ExitTime).ThenBy(t => t.EntryTime).ThenBy(t => t.Line).ToList();
        if (closed.Count == 0) throw new InputException($"{path}: none of its trades is closed; statistics need closed trades");
        double MultiplierOf(RecordedTrade t) => file.Multipliers.GetValueOrDefault(t.Symbol, 1);
        // The exit of a trade may have several rows. They have one entry, so their outcomes are not independent. A trade is as late as its
        // last row.
        var trades = closed.Select((t, place) => (Row: t, Place: place))
            .GroupBy(t => (t.Row.Strategy, t.Row.Symbol, t.Row.Side, t.Row.EntryTime, t.Row.EntryPrice)).OrderBy(g => g.Last().Place)
            .Select(g => new Outcome(g.Key.Side, g.Sum(t => t.Row.PriceProfit * MultiplierOf(t.Row) - t.Row.Commission),
                g.Sum(t => t.Row.EntryPrice * t.Row.Quantity * MultiplierOf(t.Row)), g.Key.EntryTime,
                g.Last().Row.ExitTime!.Value)).ToList();
        MetricSet Metrics(IEnumerable<Outcome> some) => MetricCatalogue.BuiltIn.Compute(
            MetricInput.Of(TradeAccumulator.Of([.. some.Select(t => t.Net)])));
        return new TradeAnalysis(file, Metrics(trades), Metrics(trades.Where(t => t.Side == Side.Buy)),
            Metrics(trades.Where(t => t.Side == Side.Sell)),
            MeanInterval.Of([.. trades.Select(t => t.Net / t.Notional)], Variation.OfReturns), trials)
        {
            Rows = closed.Count,
            Closed = [.. trades.Select(t => new ResampledTrade(t.Entry, t.Exit, t.Net))],
        };
    }

    private readonly record struct Outcome(Side Side, double Net, double Notional, long Entry, long Exit);
}
