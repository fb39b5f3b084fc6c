using Granary.Engine.Market;

namespace Granary.Backtesting.Costs;

/// <summary>Fills of one or several sources, with what was left out.</summary>
public sealed class FillSet
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _leftOut = new(StringComparer.Ordinal);

    public List<MeasuredFill> Fills { get; } = [];

    /// <summary>Decisions about the fills, one sentence each.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Fills that were left out, by reason.</summary>
    public IReadOnlyDictionary<string, int> LeftOut => _leftOut;

    /// <summary>Timeframes of the bars by which the fills were measured.</summary>
    public HashSet<Timeframe> Timeframes { get; } = [];

    /// <summary>Counts fills that are left out.</summary>
    public void Leave(string reason, int fills = 1) => _leftOut[reason] = _leftOut.GetValueOrDefault(reason) + fills;

    /// <summary>Whether a fill is new; one that was seen before is left out.</summary>
    /// <param name="identity">Text that is the same for the same fill.</param>
    public bool IsNew(string identity)
    {
        if (_known.Add(identity)) return true;
        Leave("repeated");
        return false;
    }
}
