using Granary.Engine.Numerics;

namespace Granary.Storage.Retries;

/// <summary>Random numbers for pauses, drawn from a clock's timestamp. A clock that repeats its times repeats the pauses too.</summary>
internal static class Jitter
{
    /// <summary>Returns a number in [0, 1).</summary>
    public static double Next(TimeProvider clock) => SplitMix64.ToUnit(SplitMix64.Mix((ulong)clock.GetTimestamp()));
}
