namespace Granary.Learning.Drift;

/// <summary>Conclusion of a detector from the values so far.</summary>
internal enum DriftSignal
{
    /// <summary>No change detected.</summary>
    None,

    /// <summary>A change is likely but not yet significant.</summary>
    Warning,

    /// <summary>The distribution has changed; the detector restarts with the next value.</summary>
    Drift,
}
