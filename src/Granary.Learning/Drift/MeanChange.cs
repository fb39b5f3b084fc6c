namespace Granary.Learning.Drift;

/// <summary>The direction of the changes that a detector reports.</summary>
internal enum MeanChange
{
    /// <summary>Increases and decreases.</summary>
    Both,

    /// <summary>Only increases.</summary>
    Up,

    /// <summary>Only decreases.</summary>
    Down,
}
