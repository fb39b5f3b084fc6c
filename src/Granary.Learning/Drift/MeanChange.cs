namespace Granary.Learning.Drift;

/// <summary>The changes of a mean that a detector reports.</summary>
public enum MeanChange
{
    /// <summary>Increases and decreases.</summary>
    Both,

    /// <summary>Increases alone.</summary>
    Up,

    /// <summary>Decreases alone.</summary>
    Down,
}
