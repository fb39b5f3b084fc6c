namespace Granary.Data.Stores;

/// <summary>What a merge changes in a store.</summary>
internal sealed class StoreChange
{
    /// <summary>Differences that are kept as examples, at most.</summary>
    public const int MostDifferences = 10;

    private readonly List<BarDifference> _differences = [];

    public long Added { get; set; }

    public long Replaced { get; set; }

    public long Unchanged { get; set; }

    /// <summary>Whether a bar that was there has another adjusted close now.</summary>
    public bool AdjustedCloseMoved { get; set; }

    /// <summary>The first differences, oldest bar first.</summary>
    public IReadOnlyList<BarDifference> Differences => _differences;

    /// <summary>Keeps a difference of one field of a bar, where there is one.</summary>
    /// <param name="time">Open time of the bar, UTC ticks.</param>
    public void Note(long time, string field, double was, double now)
    {
        if (was != now && _differences.Count < MostDifferences) _differences.Add(new BarDifference(time, field, was, now));
    }
}
