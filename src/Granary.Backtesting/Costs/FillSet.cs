using System.Globalization;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Backtesting.Costs;

/// <summary>Fills of one or several sources, with what was left out.</summary>
internal sealed class FillSet
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _leftOut = new(StringComparer.Ordinal);

    /// <summary>The usual <see cref="Tolerance"/>.</summary>
    public const double DefaultTolerance = 0.01;

    public List<MeasuredFill> Fills { get; } = [];

    /// <summary>Decisions about the fills, one sentence each.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Fills that were left out, by reason.</summary>
    public IReadOnlyDictionary<string, int> LeftOut => _leftOut;

    /// <summary>Fills that were left out because their price is outside of the range of their bar.</summary>
    public List<FillOutsideRange> OutsideRange { get; } = [];

    /// <summary>How far outside of the range of its bar a fill may be, as a fraction of the low or high.</summary>
    public double Tolerance { get; init; } = DefaultTolerance;

    /// <summary>Timeframes of the bars by which the fills were measured.</summary>
    public HashSet<Timeframe> Timeframes { get; } = [];

    /// <summary>Counts fills that are left out.</summary>
    public void Leave(string reason, int fills = 1) => _leftOut[reason] = _leftOut.GetValueOrDefault(reason) + fills;

    /// <summary>Adds a fill by its bar. It is left out if no bar contains it, or its price is outside of the bar's range.</summary>
    /// <param name="bars">The bars of its symbol, ascending.</param>
    public void Add(MeasuredFill fill, IReadOnlyList<Bar> bars, Timeframe timeframe)
    {
        var measured = fill.With(bars, timeframe, out var at);
        if (at is not { } bar)
        {
            Leave("outside of the bars");
        }
        else if (fill.IsStop && (int)fill.Side * (fill.Stop - (fill.Side == Side.Buy ? bar.High : bar.Low)) > Tolerance * fill.Stop)
        {
            Leave("of stops whose trigger their bar did not reach");
        }
        else if (fill.Price < bar.Low * (1 - Tolerance) || fill.Price > bar.High * (1 + Tolerance))
        {
            Leave(string.Create(CultureInfo.InvariantCulture, $"more than {100 * Tolerance:0.####} % outside of the range of their bar"));
            OutsideRange.Add(new FillOutsideRange(fill.Place, new DateTime(fill.Time, DateTimeKind.Utc), fill.Symbol, fill.Price, bar.Low,
                bar.High));
        }
        else
        {
            Fills.Add(measured);
            Timeframes.Add(timeframe);
        }
    }

    /// <summary>Whether a fill is new; one that was seen before is left out.</summary>
    /// <param name="identity">Text that is the same for the same fill.</param>
    public bool IsNew(string identity)
    {
        if (_known.Add(identity)) return true;
        Leave("repeated");
        return false;
    }
}
