using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Learning.Proofs;

/// <summary>A feature whose value at a bar changed when later bars were taken away: it looks ahead.</summary>
/// <param name="Bar">The first bar at which it differs.</param>
/// <param name="Cut">How many bars there were left.</param>
public sealed record FutureLeak(int Feature, int Bar, int Cut);

/// <summary>Takes the future away and demands the same past.</summary>
public static class FeatureCausality
{
    /// <summary>
    /// Computes the features of all bars, and of the bars up to random cuts; what is before a cut must have the same bits.
    /// </summary>
    /// <param name="features">Row-major [bars, width] for the bars that it is given.</param>
    /// <returns>The first leak of each feature that has one; empty for causal features.</returns>
    public static IReadOnlyList<FutureLeak> Run(Bar[] bars, int width, Func<Bar[], double[]> features, long seed = 1, int cuts = 8)
    {
        var whole = features(bars);
        var leaks = new Dictionary<int, FutureLeak>();
        var random = new PortableRandom(seed, 77);
        for (var c = 0; c < cuts; c++)
        {
            var cut = 1 + random.Next(bars.Length - 1);
            var part = features(bars[..cut]);
            for (var i = 0; i < cut * width; i++)
                if (BitConverter.DoubleToInt64Bits(part[i]) != BitConverter.DoubleToInt64Bits(whole[i])
                    && !(double.IsNaN(part[i]) && double.IsNaN(whole[i])))
                    leaks.TryAdd(i % width, new FutureLeak(i % width, i / width, cut));
        }
        return [.. leaks.Values.OrderBy(l => l.Feature)];
    }
}
