namespace Granary.Data.Stores;

/// <summary>Changes that a merge makes in a store.</summary>
internal sealed class StoreChange
{
    /// <summary>The maximum number of differences to keep as examples.</summary>
    public const int MostDifferences = 10;

    private readonly List<BarDifference> _differences = [];

    public long Added { get; set; }

    public long Replaced { get; set; }

    public long Unchanged { get; set; }

    /// <summary>Whether the adjusted close of a stored bar changed.</summary>
    public bool AdjustedCloseMoved { get; set; }

    /// <summary>The first differences, oldest bar first.</summary>
    public IReadOnlyList<BarDifference> Differences => _differences;

    /// <summary>Keeps a difference in one field of a bar, if there is one.</summary>
    /// <param name="time">Open time of the bar, UTC ticks.</param>
    public void Note(long time, string field, double was, double now)
    {
        if (was != now && _differences.Count < MostDifferences) _differences.Add(new BarDifference(time, field, was, now));
    }
}
