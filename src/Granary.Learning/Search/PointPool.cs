using Granary.Engine.Numerics;

namespace Granary.Learning.Search;

/// <summary>The points of a space that a search did not try yet, and that its condition allows.</summary>
internal sealed class PointPool
{
    // Draws by a method before the pool draws uniformly instead, and draws before it finds that there is nothing left.
    private const int OwnDraws = 200;

    private readonly ParameterSpace _space;
    private readonly Axis[] _axes;
    private readonly HashSet<double[]> _seen = new(new SameValues());
    private List<double[]>? _left;

    public PointPool(ParameterSpace space, Axis[] axes, IReadOnlyList<TriedPoint> tried)
    {
        (_space, _axes) = (space, axes);
        foreach (var point in tried) _seen.Add([.. point.Point.Values]);
    }

    /// <summary>Draws from each interval uniformly.</summary>
    public static double[] Uniform(Axis[] axes, ref PortableRandom random)
    {
        var values = new double[axes.Length];
        for (var d = 0; d < axes.Length; d++) values[d] = axes[d].ValueAtShare(random.NextDouble());
        return values;
    }

    /// <summary>Whether a point may be proposed.</summary>
    public bool Accepts(double[] values) => !_seen.Contains(values) && (_space.IsAllowed is null || _space.IsAllowed(values));

    /// <summary>Removes a point that was proposed.</summary>
    public void Take(double[] values)
    {
        _seen.Add(values);
        if (_left is not null) _left.RemoveAll(p => p.AsSpan().SequenceEqual(values));
    }

    /// <summary>Draws until a point may be proposed, and takes it.</summary>
    /// <returns>Null if none is left, or none was found in a large space.</returns>
    public double[]? Draw(Func<double[]> draw, ref PortableRandom random)
    {
        for (var i = 0; i < OwnDraws; i++)
        {
            var values = draw();
            if (!Accepts(values)) continue;
            Take(values);
            return values;
        }
        return Draw(ref random);
    }

    /// <summary>Takes a point that is drawn uniformly.</summary>
    /// <inheritdoc cref="Draw(Func{double[]}, ref PortableRandom)"/>
    public double[]? Draw(ref PortableRandom random)
    {
        var isSmall = _space.Size <= SpaceCensus.LargestComplete;
        for (var i = 0; i < (isSmall ? OwnDraws : SpaceCensus.Draws); i++)
        {
            var values = Uniform(_axes, ref random);
            if (!Accepts(values)) continue;
            Take(values);
            return values;
        }
        if (_space.Size > SpaceCensus.LargestListed) return null;
        _left ??= [.. SpaceCensus.AllowedIndices(_space, _axes).Select(i => SpaceCensus.Combination(_axes, i)).Where(Accepts)];
        if (_left.Count == 0) return null;
        var last = _left[random.Next(_left.Count)];
        Take(last);
        return last;
    }

    private sealed class SameValues : IEqualityComparer<double[]>
    {
        public bool Equals(double[]? x, double[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(double[] values)
        {
            var hash = new HashCode();
            foreach (var value in values) hash.Add(value);
            return hash.ToHashCode();
        }
    }
}
