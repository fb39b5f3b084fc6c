using System.Globalization;
using Granary.Engine;
using Granary.Engine.Analysis.Costs;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Costs;

namespace Granary.Backtesting.Costs;

/// <summary>
/// Measures what fills of market orders cost against the signal's close, the next open and the mid, and those of stops against their
/// trigger.
/// </summary>
internal static class CostStudy
{
    /// <summary>Basis points of 1.</summary>
    public const double Points = 1e4;

    private const int Resamples = 400, CurvePoints = 21, Bins = 8, FewestForBins = 40;

    private static readonly (string Name, Func<MeasuredFill, double> Price)[] s_references =
        [("open", f => AtMarket(f, f.Open)), ("mid", f => AtMarket(f, f.Mid)), ("close", f => AtMarket(f, f.Close)),
            (CostModel.OfStops, f => f.Stop)];

    /// <param name="sources">Where the fills are from, as the caller named it.</param>
    /// <param name="seed">Of the resamples.</param>
    /// <exception cref="InputException">There are too few fills, or none has a reference price.</exception>
    public static CostStudyResults Of(FillSet set, IReadOnlyList<string> sources, ulong seed = 1)
    {
        List<MeasuredFill> fills = [.. set.Fills.OrderBy(f => f.Time).ThenBy(f => f.Symbol, StringComparer.Ordinal)
            .ThenBy(f => f.Price).ThenBy(f => f.Quantity)];
        if (fills.Count < 2) throw TooFew(set, fills.Count);
        if (set.Timeframes.Count > 1)
            throw new InputException($"the fills are in bars of {string.Join(" and ", set.Timeframes.OrderBy(t => t.Ticks))}, whose "
                + "volumes and ranges cannot be compared; name one with --timeframe");
        var models = s_references.Select(r => ModelOf(r.Name, r.Price, fills, seed)).OfType<CostModel>().ToList();
        if (models.Count == 0)
            throw new InputException("no fill has a reference price; name their bars with --bars, or add a column decision_price, open, "
                + "mid, or bid and ask, and stop_price for stop orders");
        return CostFile.Hashed(new CostStudyResults(CostStudyResults.CurrentVersion, "", fills.Count, At(fills[0].Time), At(fills[^1].Time),
            fills.Select(DayOf).Distinct().Count())
        {
            Sources = sources,
            Timeframe = set.Timeframes.Count == 0 ? null : set.Timeframes.Single().ToString(),
            Level = CostFit.Level,
            UpperLevel = CostFit.UpperLevel,
            Resamples = Resamples,
            Seed = seed,
            LeftOut = set.LeftOut,
            OutsideRange = set.OutsideRange.Count == 0 ? null : [.. set.OutsideRange.OrderBy(f => f.Time).ThenBy(f => f.Place,
                StringComparer.Ordinal)],
            Fee = FeeOf(fills.FindAll(f => !double.IsNaN(f.Fee))),
            Notes = [.. set.Notes, .. NotesOf(fills, models)],
            Models = models,
        });
    }

    // Fees over what was traded. Amounts in two currencies do not add up: each counts by its number of fills.
    private static double? FeeOf(List<MeasuredFill> fills)
    {
        var sum = 0.0;
        foreach (var own in fills.GroupBy(f => f.Currency, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var notional = own.Sum(f => Math.Abs(f.Price) * f.Quantity * f.Multiplier);
            if (!(notional > 0)) return null;
            sum += own.Sum(f => f.Fee) / notional * ((double)own.Count() / fills.Count);
        }
        return fills.Count == 0 ? null : sum * Points;
    }

    // A stop fills where the market is when it triggers, which says nothing about what a market order pays.
    private static double AtMarket(MeasuredFill fill, double reference) => fill.IsStop ? double.NaN : reference;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static InputException TooFew(FillSet set, int count)
    {
        var left = string.Join(", ", set.LeftOut.Select(l => Text($"{l.Value:N0} {l.Key}")));
        return new InputException((count == 0 ? "there is no fill of a market or stop order"
                : "there is one fill of a market or stop order, which has no interval")
            + (left.Length > 0 ? $" (left out: {left})" : "")
            + (set.OutsideRange is [var first, ..] ? $"; {first}" : "") + "; give a journal or file with at least two");
    }

    private static DateTime At(long ticks) => new(ticks, DateTimeKind.Utc);

    private static int DayOf(MeasuredFill fill) => (int)(fill.Time / TimeSpan.TicksPerDay);

    private static CostModel? ModelOf(string name, Func<MeasuredFill, double> price, List<MeasuredFill> fills, ulong seed)
    {
        var known = fills.FindAll(f => price(f) > 0);
        if (known.Count < 2) return null;
        // A measure that some fills lack is left out for all, so that no fill is guessed.
        var (sizes, ranges) = (known.TrueForAll(f => f.Volume > 0), known.TrueForAll(f => !double.IsNaN(f.Range)));
        List<FillCost> costs = known.ConvertAll(f => new FillCost(f.Side, f.Venue, (int)f.Side * (f.Price / price(f) - 1) * Points,
            sizes ? Math.Min(1, f.Quantity / f.Volume) : double.NaN, ranges ? f.Range : double.NaN,
            (int)(f.Time / TimeSpan.TicksPerHour % 24), DayOf(f)));
        var fit = CostFit.Of(costs, seed, Resamples);
        return new CostModel(name, fit.Fills, costs.Select(c => c.Day).Distinct().Count(), fit.Deviation, costs.Average(c => c.Slippage),
            Of(fit.Pool))
        {
            Cells = [.. fit.Cells.Select(Of)],
            Sides = [.. fit.Sides.Select(Of)],
            Hours = [.. fit.Hours.Select(h => new CostOfHour(h.Hour, h.Fills, h.Raw, h.Shrinkage, Of(h.Cost)))],
            Size = Of(fit.Size, fit.AtSize, r => r * r, costs, c => c.Share),
            Volatility = Of(fit.Volatility, fit.AtRange, r => r, costs, c => c.Range),
        };
    }

    private static CostFigure Of(CostEstimate estimate) => new(estimate.Mean, estimate.Low, estimate.High, estimate.Upper);

    private static CostOfCell Of(CostCell cell) => new(cell.Side == Side.Buy ? "buy" : "sell", cell.Venue.Length > 0 ? cell.Venue : null,
        cell.Fills, cell.Raw, cell.Shrinkage, Of(cell.Cost));

    // The curve is even in the measure of the model, and shows the measure of the fills.
    private static CostOfMeasure? Of(CostSlope? slope, Func<double, CostEstimate> along, Func<double, double> shown, List<FillCost> costs,
        Func<FillCost, double> measure)
    {
        if (slope is null) return null;
        var points = Enumerable.Range(0, CurvePoints).Select(i =>
        {
            var at = shown(slope.Least + (slope.Most - slope.Least) * i / (CurvePoints - 1));
            var cost = along(at);
            return new CostPoint(at, cost.Mean, cost.Low, cost.High, cost.Upper);
        });
        return new CostOfMeasure(slope.Center, slope.Least, slope.Most, Of(slope.Cost))
        {
            Curve = [.. points],
            Bins = costs.Count < FewestForBins ? [] : BinsOf(costs, measure),
        };
    }

    private static List<CostBin> BinsOf(List<FillCost> costs, Func<FillCost, double> measure)
    {
        List<FillCost> sorted = [.. costs.OrderBy(measure).ThenBy(c => c.Slippage)];
        return [.. Enumerable.Range(0, Bins).Select(b =>
        {
            var bin = sorted[(b * sorted.Count / Bins)..((b + 1) * sorted.Count / Bins)];
            return new CostBin(measure(bin[0]), measure(bin[^1]), bin.Average(measure), bin.Count, bin.Average(c => c.Slippage));
        })];
    }

    private static IEnumerable<string> NotesOf(List<MeasuredFill> fills, List<CostModel> models)
    {
        var sides = fills.Select(f => f.Side).Distinct().ToList();
        if (sides.Count == 1)
            yield return $"All fills are {(sides[0] == Side.Buy ? "buys" : "sells")}; in a batch the other side pays the same.";
        if (models[0].Days == 1) yield return "All fills are of one day, so that the intervals take them as independent of each other.";
        if (fills.Count < CostFit.FewestForSlopes)
            yield return Text($"Size and volatility need at least {CostFit.FewestForSlopes} fills, and there are {fills.Count}; ")
                + "their effects are left out.";
        else
        {
            var volumes = fills.Count(f => !(f.Volume > 0));
            if (volumes > 0)
                yield return Text($"{volumes:N0} of {fills.Count:N0} fills are in no bar with a volume; ")
                    + "the effect of size is left out.";
            var ranges = fills.Count(f => double.IsNaN(f.Range));
            if (ranges > 0)
                yield return Text($"{ranges:N0} of {fills.Count:N0} fills are in no known bar; ")
                    + "the effect of volatility is left out.";
        }
        var stops = fills.Count(f => f.IsStop);
        foreach (var model in models.Where(m => m.Reference != CostModel.OfStops && m.Fills < fills.Count - stops))
            yield return Text($"{fills.Count - stops - model.Fills:N0} of {fills.Count - stops:N0} fills of market orders have no ")
                + $"reference price '{model.Reference}'.";
        foreach (var note in NotesOfStops(fills, stops)) yield return note;
    }

    private static IEnumerable<string> NotesOfStops(List<MeasuredFill> fills, int stops)
    {
        if (stops == 0)
            yield return "There are no fills of stop orders; in a batch they pay the costs of market orders.";
        else if (stops == 1)
            yield return "There is one fill of a stop order, which has no interval; in a batch stop orders pay the costs of market orders.";
        if (fills.Count(f => f.IsStop && double.IsNaN(f.Range)) is > 0 and var unknown)
            yield return Text($"{unknown:N0} of {stops:N0} fills of stop orders are in no known bar; a gap beyond their trigger ")
                + "counts as their cost.";
    }
}
