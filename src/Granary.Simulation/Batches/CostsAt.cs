namespace Granary.Simulation.Batches;

/// <summary>Which of the measured costs orders pay.</summary>
public enum CostsAt : byte
{
    Mean,
    /// <summary>The upper end of their interval.</summary>
    Upper,
}
