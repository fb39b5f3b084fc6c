namespace Granary.Learning.Tracking;

/// <summary>What happens to the names that matching pursuit chose under constraints.</summary>
public enum Refinement
{
    /// <summary>All sets of names are tried where they are few; else names are exchanged as long as that lowers the objective.</summary>
    Auto,
    /// <summary>Names are exchanged as long as that lowers the objective.</summary>
    LocalSearch,
    /// <summary>They are kept.</summary>
    None,
}
