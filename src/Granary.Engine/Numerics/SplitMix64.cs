namespace Granary.Engine.Numerics;

/// <summary>SplitMix64 (Steele, Lea and Flood 2014): the same bits from the same state on every machine and runtime.</summary>
internal static class SplitMix64
{
    // The distance of two states.
    internal const ulong Step = 0x9E3779B97F4A7C15UL;

    /// <summary>Moves the state one step forward and gives its bits.</summary>
    public static ulong Next(ref ulong state) => Mix(unchecked((state += Step) - Step));

    /// <summary>The bits of one step from a state: a hash of the number.</summary>
    public static ulong Mix(ulong state)
    {
        unchecked
        {
            var z = state + Step;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }

    /// <summary>The upper 53 bits as a number in [0, 1).</summary>
    public static double ToUnit(ulong bits) => (bits >> 11) * (1.0 / (1UL << 53));
}
