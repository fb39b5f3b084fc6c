namespace Granary.Simulation.Causality;

/// <summary>A strategy that did something else before the cut, when only what came after it was changed.</summary>
/// <param name="Cut">Open time of the first bar that was changed.</param>
public sealed record LookAhead(string Strategy, DateTime Cut, string Sentence);

/// <summary>What the look-ahead check found.</summary>
/// <param name="Strategies">How many strategies it looked at.</param>
/// <param name="Cuts">At how many times the future was changed, over all of them.</param>
public sealed record CausalityResult(int Strategies, int Cuts, IReadOnlyList<LookAhead> Found)
{
    /// <summary>How many factors were looked at by themselves, value by value.</summary>
    public int Factors { get; init; }

    /// <summary>Factors whose values changed; named by factor and feed.</summary>
    public IReadOnlyList<LookAhead> FactorsFound { get; init; } = [];

    /// <summary>Number of plug-ins whose metadata was scanned.</summary>
    public int Plugins { get; init; }

    /// <summary>What they can reach beyond the bars that they are given: a changed future cannot show what a file tells them.</summary>
    public IReadOnlyList<CodeReach> Reaches { get; init; } = [];

    public bool Passed => Found.Count == 0 && FactorsFound.Count == 0 && Reaches.Count == 0;
}
