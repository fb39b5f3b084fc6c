namespace Granary.Simulation.LookAhead;

/// <summary>Properties of the first bars of a perturbed future. A missing flag means the opposite property.</summary>
[Flags]
internal enum PerturbedShape
{
    /// <summary>Prices far below the past, falling bars without wicks, low volume, no time gap.</summary>
    None = 0,
    Higher = 1,
    Rising = 2,
    WideRange = 4,
    HighVolume = 8,
    /// <summary>Bars are missing before and between them.</summary>
    LongGap = 16,
    All = 31,
}
