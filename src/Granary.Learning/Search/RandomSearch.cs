using Granary.Engine.Numerics;

namespace Granary.Learning.Search;

/// <summary>Proposes points that are drawn uniformly from the space. A longer search begins with the points of a shorter one.</summary>
internal sealed class RandomSearch(ParameterSpace space, int trials, ulong seed) : ISearchMethod
{
    private readonly Axis[] _axes = [.. space.Dimensions.Select(Axis.From)];

    public IReadOnlyList<ProposedPoint> Next(IReadOnlyList<TriedPoint> tried)
    {
        var pool = new PointPool(space, _axes, tried);
        var points = new List<ProposedPoint>();
        for (var i = tried.Count; i < Math.Min(trials, tried.Count + SearchMethods.BlindRound); i++)
        {
            var random = new PortableRandom((long)seed, i);
            if (pool.Draw(ref random) is not { } values) break;
            points.Add(new(values));
        }
        return points;
    }
}
