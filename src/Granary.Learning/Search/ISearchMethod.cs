namespace Granary.Learning.Search;

/// <summary>A point to evaluate.</summary>
/// <param name="Values">By dimension.</param>
/// <param name="Share">Share of the bars on which it is evaluated, counted from the first bar; 1 = all.</param>
/// <param name="Continues">Index of the evaluation of the same point on fewer bars; null for a point that was not tried.</param>
internal sealed record ProposedPoint(IReadOnlyList<double> Values, double Share = 1, int? Continues = null);

/// <summary>An evaluated point.</summary>
/// <param name="Objectives">To be maximised, by objective; NaN if undefined. Null if the evaluation failed.</param>
internal sealed record TriedPoint(ProposedPoint Point, IReadOnlyList<double>? Objectives);

/// <summary>
/// Proposes the points of a search round by round. A method is a pure function of its space, its seed and the points tried before, so
/// an interrupted search continues with the same points.
/// </summary>
internal interface ISearchMethod
{
    /// <summary>Returns the points of the next round; none if the search is over.</summary>
    /// <param name="tried">All evaluations of the rounds before, in the order in which they were proposed.</param>
    IReadOnlyList<ProposedPoint> Next(IReadOnlyList<TriedPoint> tried);
}
