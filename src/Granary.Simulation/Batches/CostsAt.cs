namespace Granary.Simulation.Batches;

/// <summary>The end of the measured costs that orders pay.</summary>
internal enum CostsAt : byte
{
    Mean,
    /// <summary>The upper end of their interval.</summary>
    Upper,
}
