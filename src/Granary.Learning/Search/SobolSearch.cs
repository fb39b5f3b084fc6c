using Granary.Engine.Numerics;

namespace Granary.Learning.Search;

/// <summary>
/// Proposes the points of a scrambled <see cref="SobolSequence"/>, without those that the condition excludes. It fills the space more
/// evenly than random points. Dimensions beyond the first 64 are random.
/// </summary>
internal sealed class SobolSearch(ParameterSpace space, int trials, ulong seed) : ISearchMethod
{
    // Points of the sequence that are looked at for each one that is proposed.
    private const int MaxSkipped = 10_000;

    private readonly Axis[] _axes = [.. space.Dimensions.Select(Axis.From)];
    private readonly SobolSequence _sequence = new(Math.Min(space.Dimensions.Count, SobolSequence.MaxDimensions), seed);

    public IReadOnlyList<ProposedPoint> Next(IReadOnlyList<TriedPoint> tried) =>
        Next(tried, Math.Min(trials - tried.Count, SearchMethods.BlindRound));

    /// <summary>Returns a number of points that were not tried; fewer if the space does not have as many.</summary>
    public IReadOnlyList<ProposedPoint> Next(IReadOnlyList<TriedPoint> tried, int count)
    {
        var pool = new PointPool(space, _axes, tried);
        var points = new List<ProposedPoint>();
        var index = 0u;
        while (points.Count < count)
        {
            var end = index + MaxSkipped + (uint)tried.Count;
            double[]? values = null;
            for (; index < end && values is null; index++)
            {
                var candidate = PointAt(index);
                if (pool.Accepts(candidate)) values = candidate;
            }
            if (values is null)
            {
                var random = new PortableRandom((long)seed, tried.Count + points.Count);
                values = pool.Draw(ref random);
                if (values is null) break;
            }
            else
            {
                pool.Take(values);
            }
            points.Add(new(values));
        }
        return points;
    }

    private double[] PointAt(uint index)
    {
        var values = new double[_axes.Length];
        var share = values.AsSpan(0, Math.Min(_axes.Length, SobolSequence.MaxDimensions));
        _sequence.Point(index, share);
        var random = new PortableRandom((long)seed, index);
        for (var d = share.Length; d < values.Length; d++) values[d] = random.NextDouble();
        for (var d = 0; d < values.Length; d++) values[d] = _axes[d].ValueAtShare(values[d]);
        return values;
    }
}
