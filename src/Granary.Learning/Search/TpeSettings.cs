namespace Granary.Learning.Search;

/// <summary>Settings of the tree-structured Parzen estimator; the defaults equal Optuna 3.1's, except for the round and the
/// share of good points, which is a tenth there.</summary>
/// <param name="Round">Points of a round. More points need fewer passes over the bars, and know less of each other.</param>
/// <param name="Startup">Points that fill the space before the densities are used.</param>
/// <param name="Candidates">Candidates for each point.</param>
/// <param name="BestShare">Share of the points that count as good ones.</param>
/// <param name="MaxBest">Maximum number of good points.</param>
internal sealed record TpeSettings(int Round = 10, int Startup = 10, int Candidates = 24, double BestShare = 0.15, int MaxBest = 25)
{
    /// <summary>Number of the last points that have the full weight.</summary>
    public const int Recent = 25;

    /// <summary>Draws for each candidate that may be tried.</summary>
    public const int Redraws = 20;
}
