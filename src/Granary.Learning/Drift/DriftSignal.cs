namespace Granary.Learning.Drift;

/// <summary>What a detector concludes from the values so far.</summary>
public enum DriftSignal
{
    /// <summary>No change was found.</summary>
    None,

    /// <summary>A change is likely, and not yet certain enough.</summary>
    Warning,

    /// <summary>The distribution has changed; the detector starts again with the next value.</summary>
    Drift,
}
