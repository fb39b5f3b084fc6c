namespace Granary.Learning.Watching;

/// <summary>Change in the watch of a model after a closed trade.</summary>
internal enum WatchChange
{
    /// <summary>The error has increased, so the weight is reduced.</summary>
    Alert,

    /// <summary>The error is closer to that before the alert than to that after it, so the weight is restored.</summary>
    Restored,
}

/// <summary>A change in the monitoring of a model.</summary>
/// <param name="Before">Share of wrong predictions before the alert, 0 to 1.</param>
/// <param name="After">For an alert, the share of wrong predictions since the change; for a restoration, the share of the reviewed
/// trades.</param>
/// <param name="Trades">The number of trades behind <paramref name="After"/>.</param>
internal readonly record struct WatchStep(WatchChange Change, double Before, double After, int Trades)
{
    /// <summary>The middle between both shares; an earlier version with a smaller share is good enough.</summary>
    public double Middle => (Before + After) / 2;
}
