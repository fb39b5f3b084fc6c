using Granary.Simulation.Batches;

namespace Granary.Testing;

internal static class SpecExtensions
{
    public static BatchSpec WithTick(this BatchSpec spec, double tick) => spec with
    {
        Data = spec.Data with { Instruments = new Dictionary<string, InstrumentKeys> { ["*"] = new() { Tick = tick } } },
    };
}
