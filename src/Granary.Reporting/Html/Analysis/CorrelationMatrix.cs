using Granary.Engine.Analysis;
using Granary.Engine.Numerics;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Analysis;

/// <summary>Correlation of the strategies' returns, from the equity of their own accounts.</summary>
internal sealed class CorrelationMatrix
{
    // The number of strategies that fit on a page: those with the largest profits and losses.
    private const int Most = 16;

    // Fewer common periods give no reliable correlation.
    private const int FewestPeriods = 10;

    private readonly double[,] _values;

    private CorrelationMatrix(List<StrategyEntry> strategies)
    {
        Strategies = strategies;
        var count = strategies.Count;
        _values = new double[count, count];
        double sum = 0;
        var pairs = 0;
        for (var i = 0; i < count; i++)
        {
            _values[i, i] = 1;
            for (var j = 0; j < i; j++)
            {
                var r = _values[i, j] = _values[j, i] = Correlation(strategies[i].Trace!, strategies[j].Trace!);
                if (!double.IsFinite(r)) continue;
                sum += r;
                pairs++;
            }
        }
        Mean = pairs > 0 ? sum / pairs : double.NaN;
    }

    public IReadOnlyList<StrategyEntry> Strategies { get; }

    /// <summary>Of all pairs; NaN if no pair has a correlation.</summary>
    public double Mean { get; }

    /// <summary>NaN with too few common periods.</summary>
    public double this[int one, int other] => _values[one, other];

    /// <summary>The period of a return, in words.</summary>
    public string Period => Strategies[0].Trace!.PeriodTicks switch
    {
        TimeSpan.TicksPerHour => "hours",
        TimeSpan.TicksPerDay => "days",
        7 * TimeSpan.TicksPerDay => "weeks (Monday to Sunday, UTC)",
        var ticks => $"{NumberText.Days(ticks / (double)TimeSpan.TicksPerDay)}",
    };

    /// <returns>null if fewer than two strategies earned or lost anything.</returns>
    public static CorrelationMatrix? Of(RunView view) => Chosen(view) is { Count: > 1 } chosen ? new CorrelationMatrix(chosen) : null;

    public static bool Applies(RunView view) => Chosen(view).Count > 1;

    // Strategies with weight if there are any, otherwise all, as far as their equity changed.
    private static List<StrategyEntry> Chosen(RunView view)
    {
        var t = view.Trades;
        var weighted = view.Model.Strategies.Any(s => s.Weight != 0);
        var moved = view.Ranked.Where(s => (s.Weight != 0 || !weighted) && s.Trace is { } trace && Moves(trace))
            .OrderByDescending(s => t.Moved[s.Index]).ThenBy(s => s.Index).Take(Most).Select(s => s.Index).ToHashSet();
        return [.. view.Ranked.Where(s => moved.Contains(s.Index))];
    }

    private static bool Moves(EquityTrace trace) => trace.Equity.Any(e => e != trace.Start);

    private static double Correlation(EquityTrace a, EquityTrace b)
    {
        var (from, to) = (Math.Max(a.FirstPeriod, b.FirstPeriod), Math.Min(a.LastPeriod, b.LastPeriod) + 1);
        return to - from < FewestPeriods ? double.NaN
            : PearsonCorrelation.Of(a.Returns(from, to), b.Returns(from, to), Variation.OfReturns);
    }
}
