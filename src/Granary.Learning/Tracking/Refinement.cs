namespace Granary.Learning.Tracking;

/// <summary>Refinement of the names that matching pursuit chose under constraints.</summary>
internal enum Refinement
{
    /// <summary>Tests all sets of names if there are few; otherwise exchanges names while that decreases the objective.</summary>
    Auto,
    /// <summary>Exchanges names while that decreases the objective.</summary>
    LocalSearch,
    /// <summary>Keeps the names.</summary>
    None,
}
