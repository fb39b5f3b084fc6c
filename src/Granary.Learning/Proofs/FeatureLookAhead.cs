using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Learning.Proofs;

/// <summary>A feature with look-ahead: its value at a bar changed when later bars were removed.</summary>
/// <param name="Bar">The first bar with a different value.</param>
/// <param name="Cut">The number of remaining bars.</param>
internal sealed record LookAheadFeature(int Feature, int Bar, int Cut);

/// <summary>Tests features for look-ahead: removes later bars, and requires that earlier values do not change.</summary>
internal static class FeatureLookAhead
{
    /// <summary>
    /// Computes the features of all bars, and of the bars up to random cuts; values before a cut must be bit-identical.
    /// </summary>
    /// <param name="features">Returns [bars, width], row-major, for the given bars.</param>
    /// <returns>The first finding of each feature with look-ahead.</returns>
    public static IReadOnlyList<LookAheadFeature> Run(Bar[] bars, int width, Func<Bar[], double[]> features, long seed = 1, int cuts = 8)
    {
        var whole = features(bars);
        var found = new Dictionary<int, LookAheadFeature>();
        var random = new PortableRandom(seed, 77);
        for (var c = 0; c < cuts; c++)
        {
            var cut = 1 + random.Next(bars.Length - 1);
            var part = features(bars[..cut]);
            for (var i = 0; i < cut * width; i++)
                if (BitConverter.DoubleToInt64Bits(part[i]) != BitConverter.DoubleToInt64Bits(whole[i])
                    && !(double.IsNaN(part[i]) && double.IsNaN(whole[i])))
                    found.TryAdd(i % width, new LookAheadFeature(i % width, i / width, cut));
        }
        return [.. found.Values.OrderBy(l => l.Feature)];
    }
}
