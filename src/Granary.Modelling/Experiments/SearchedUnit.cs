using Granary.Modelling.Learning;

namespace Granary.Modelling.Experiments;

/// <summary>Result of the search for the model of one market or strategy.</summary>
/// <param name="Data">Name of the market or strategy.</param>
/// <param name="Section">Name of the learning section.</param>
/// <param name="Fitness">The figure by which models were chosen.</param>
/// <param name="Candidates">Number of models that competed.</param>
/// <param name="Possible">Number of combinations; more than <paramref name="Candidates"/> if the budget did not cover all.</param>
/// <param name="Error">The reason why the unit could not be searched; null if it was.</param>
internal sealed record SearchedUnit(string Data, string Section, string Label, string Fitness, int Samples, int Candidates, int Possible,
    string? Error)
{
    /// <summary>Outer windows in chronological order.</summary>
    public IReadOnlyList<SearchedWindow> Windows { get; init; } = [];

    /// <summary>Models, best first.</summary>
    public IReadOnlyList<SearchedModel> Models { get; init; } = [];

    /// <summary>Prediction quality of the models chosen window by window; null if there are no predictions.</summary>
    public SearchedPrediction? Prediction { get; init; }

    /// <summary>Effect of the chosen models and rules, then of each rule with its best models.</summary>
    public IReadOnlyList<SearchedWorth> Worth { get; init; } = [];

    /// <summary>
    /// Compares the chosen models with the strategy MeanReversion on the same market with the same trading; <c>without</c> refers to its
    /// trades. Null if there are no trades.
    /// </summary>
    public ModelWorth? MeanReversion { get; init; }

    public bool Promoted { get; init; }

    /// <summary>The reason why the model is promoted or not; one sentence.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Settings of the last window's model, as a learning section writes them; null if there is no model.</summary>
    public SearchedSettings? Settings { get; init; }
}
