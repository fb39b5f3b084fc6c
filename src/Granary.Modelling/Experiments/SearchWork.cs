namespace Granary.Modelling.Experiments;

/// <summary>The search of one outer window.</summary>
/// <param name="Number">Within the experiment, from 0.</param>
/// <param name="Fits">Of its section.</param>
public sealed record SearchWork(int Number, SearchWindow Window, SearchUnit Unit, SearchPlan Plan, SearchFits Fits)
{
    /// <summary>The fits on the whole training part, by candidate.</summary>
    public Dictionary<int, SearchFit> Outer { get; } = [];

    /// <summary>What a trial learns from, and what it predicts.</summary>
    /// <param name="inner">−1 for the outer window itself.</param>
    public SearchFold FoldOf(int inner) => inner < 0 ? Unit.Outer[Window.Index] : Window.FoldOf(inner);
}
