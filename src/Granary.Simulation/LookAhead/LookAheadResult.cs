namespace Granary.Simulation.LookAhead;

/// <summary>A strategy that acted differently before the cut although only later bars were changed.</summary>
/// <param name="Cut">Open time of the first bar that was changed.</param>
internal sealed record LookAheadFinding(string Strategy, DateTime Cut, string Sentence);

/// <summary>Result of the look-ahead check.</summary>
/// <param name="Strategies">Number of strategies checked.</param>
/// <param name="Cuts">Number of times from which the future was perturbed, over all strategies.</param>
internal sealed record LookAheadResult(int Strategies, int Cuts, IReadOnlyList<LookAheadFinding> Found)
{
    /// <summary>Number of factors whose values were checked.</summary>
    public int Factors { get; init; }

    /// <summary>Factors whose earlier values changed, named by factor and feed.</summary>
    public IReadOnlyList<LookAheadFinding> FactorsFound { get; init; } = [];

    /// <summary>Number of plug-ins whose metadata was scanned.</summary>
    public int Plugins { get; init; }

    /// <summary>
    /// Members with which plug-ins can reach data beyond their bars. Perturbing the future cannot detect this: a file, for example, stays
    /// the same.
    /// </summary>
    public IReadOnlyList<CodeReach> Reaches { get; init; } = [];

    public bool Passed => Found.Count == 0 && FactorsFound.Count == 0 && Reaches.Count == 0;
}
