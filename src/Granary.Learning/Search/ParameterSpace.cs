namespace Granary.Learning.Search;

/// <summary>One parameter of a space. Its value in a point is a number: the parameter's value, or the index of a choice.</summary>
/// <param name="Name">Unique in its space.</param>
internal abstract record Dimension(string Name);

/// <summary>An integer between two bounds, both included.</summary>
/// <param name="Step">Distance of two values, from <paramref name="From"/> on; 1 on a logarithmic scale.</param>
/// <param name="Log">Whether ratios count instead of differences; the lower bound is then positive.</param>
internal sealed record IntegerDimension(string Name, long From, long To, long Step = 1, bool Log = false) : Dimension(Name);

/// <summary>A real number between two bounds, both included.</summary>
/// <param name="Log">Whether ratios count instead of differences; the lower bound is then positive.</param>
/// <param name="Step">Distance of two values, from <paramref name="From"/> on; 0 allows every value, and on a logarithmic scale it
/// is 0.</param>
internal sealed record RealDimension(string Name, double From, double To, bool Log = false, double Step = 0) : Dimension(Name);

/// <summary>One of several values without an order.</summary>
/// <param name="Values">Their texts; a point has the index.</param>
internal sealed record ChoiceDimension(string Name, IReadOnlyList<string> Values) : Dimension(Name);

/// <summary>The parameters of a search and the condition on their combinations.</summary>
/// <param name="Dimensions">In the order of a point's values.</param>
/// <param name="IsAllowed">Whether a combination may be tried; null allows all. It depends on the values only.</param>
internal sealed record ParameterSpace(IReadOnlyList<Dimension> Dimensions, Func<IReadOnlyList<double>, bool>? IsAllowed = null)
{
    /// <summary>The number of combinations, allowed or not; infinite if a parameter is a real number without a step.</summary>
    public double Size
    {
        get
        {
            var size = 1.0;
            foreach (var dimension in Dimensions) size *= Axis.From(dimension).Count;
            return size;
        }
    }

    /// <summary>Counts the combinations that <see cref="IsAllowed"/> allows: all of a small space, or else a sample.</summary>
    public SpaceCensus Count() => SpaceCensus.Of(this);
}
