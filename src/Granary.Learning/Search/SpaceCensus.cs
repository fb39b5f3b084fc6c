using Granary.Engine.Numerics;

namespace Granary.Learning.Search;

/// <summary>How many combinations of a space its condition allows.</summary>
/// <param name="Looked">Number of combinations that were looked at.</param>
/// <param name="Allowed">Number of them that the condition allows.</param>
/// <param name="IsComplete">Whether these are all combinations of the space; otherwise they were drawn at random, some of them more than
/// once.</param>
internal sealed record SpaceCensus(long Looked, long Allowed, bool IsComplete)
{
    /// <summary>A space up to this size is looked at completely.</summary>
    public const int LargestComplete = 1 << 16;

    /// <summary>A space up to this size is looked at completely if draws from it find nothing.</summary>
    internal const int LargestListed = 1 << 22;

    // Draws of a larger space. A condition that allows one combination in 15,000 passes with a probability of 0.999.
    internal const int Draws = 100_000;

    internal static SpaceCensus Of(ParameterSpace space)
    {
        Axis[] axes = [.. space.Dimensions.Select(Axis.From)];
        if (space.IsAllowed is not { } isAllowed) return new(0, 0, false) { AllowsAll = true };
        if (space.Size <= LargestComplete) return Complete(space, axes);
        var random = new PortableRandom(0);
        var allowed = 0L;
        for (var i = 0; i < Draws; i++)
        {
            if (isAllowed(PointPool.Uniform(axes, ref random))) allowed++;
        }
        return allowed == 0 && space.Size <= LargestListed ? Complete(space, axes) : new(Draws, allowed, false);
    }

    private static SpaceCensus Complete(ParameterSpace space, Axis[] axes) =>
        new((long)space.Size, AllowedIndices(space, axes).Count, true);

    /// <summary>Whether the space has no condition, so nothing was looked at.</summary>
    public bool AllowsAll { get; private init; }

    /// <summary>Whether no combination was found that may be tried.</summary>
    public bool IsEmpty => !AllowsAll && Allowed == 0;

    /// <summary>Returns the numbers of the allowed combinations of a small space.</summary>
    internal static List<int> AllowedIndices(ParameterSpace space, Axis[] axes)
    {
        var found = new List<int>();
        var all = (int)space.Size;
        for (var i = 0; i < all; i++)
        {
            if (space.IsAllowed is null || space.IsAllowed(Combination(axes, i))) found.Add(i);
        }
        return found;
    }

    /// <summary>Returns the combination with a number; the last dimension changes first.</summary>
    internal static double[] Combination(Axis[] axes, int number)
    {
        var values = new double[axes.Length];
        for (var d = axes.Length - 1; d >= 0; d--)
        {
            var count = (int)axes[d].Count;
            values[d] = axes[d].ValueOf(number % count);
            number /= count;
        }
        return values;
    }
}
