namespace Granary.Learning.Watching;

/// <summary>What a closed trade changed in the watch of a model.</summary>
public enum WatchChange
{
    /// <summary>The error has grown: the weight is cut.</summary>
    Alert,

    /// <summary>The error is nearer to that before the alert than to that since: the weight is whole.</summary>
    Restored,
}

/// <summary>A change in the watch of a model.</summary>
/// <param name="Before">Share of wrong predictions before the alert, 0 to 1.</param>
/// <param name="After">Of an alert: the share since the change. Of a restoration: that of the reviewed trades.</param>
/// <param name="Trades">Number of trades that <paramref name="After"/> is of.</param>
public readonly record struct WatchStep(WatchChange Change, double Before, double After, int Trades)
{
    /// <summary>Half way between the shares before and after: an earlier version with a smaller one is as good as things were.</summary>
    public double Middle => (Before + After) / 2;
}
