namespace Granary.Modelling.Experiments;

/// <summary>The search of one outer window.</summary>
/// <param name="Number">Index within the experiment, from 0.</param>
/// <param name="Fits">Makes or loads the fits of its section.</param>
internal sealed record SearchWork(int Number, SearchWindow Window, SearchUnit Unit, SearchPlan Plan, SearchFits Fits)
{
    /// <summary>Fits on the whole training part, by candidate.</summary>
    public Dictionary<int, SearchFit> Outer { get; } = [];

    /// <summary>Returns the training and test rows of a trial.</summary>
    /// <param name="inner">Index of the inner window; −1 for the outer window itself.</param>
    public SearchFold FoldOf(int inner) => inner < 0 ? Unit.Outer[Window.Index] : Window.FoldOf(inner);
}
