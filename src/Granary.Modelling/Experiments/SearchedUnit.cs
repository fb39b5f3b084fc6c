using Granary.Modelling.Learning;

namespace Granary.Modelling.Experiments;

/// <summary>The search for the model of one market or strategy.</summary>
/// <param name="Data">The market, or the strategy.</param>
/// <param name="Section">The learning section's name.</param>
/// <param name="Fitness">By which models were chosen.</param>
/// <param name="Candidates">Models that competed.</param>
/// <param name="Possible">Combinations of the search; more than <paramref name="Candidates"/> where the budget did not allow all.</param>
/// <param name="Error">Why there was nothing to search; null where there was.</param>
public sealed record SearchedUnit(string Data, string Section, string Label, string Fitness, int Samples, int Candidates, int Possible,
    string? Error)
{
    /// <summary>In the order of time.</summary>
    public IReadOnlyList<SearchedWindow> Windows { get; init; } = [];

    /// <summary>The best first.</summary>
    public IReadOnlyList<SearchedModel> Models { get; init; } = [];

    /// <summary>Of the models that were chosen window after window; null where there is none.</summary>
    public SearchedPrediction? Prediction { get; init; }

    /// <summary>Of the chosen models and rules, then of each rule with the models that are best under it.</summary>
    public IReadOnlyList<SearchedWorth> Worth { get; init; } = [];

    /// <summary>The chosen models beside the strategy MeanReversion on the same market with the same trading: <c>without</c> is of its
    /// trades. Null where there is no trade.</summary>
    public ModelWorth? MeanReversion { get; init; }

    public bool Promoted { get; init; }

    /// <summary>Why the model is promoted or not; one sentence.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Of the model of the last window, as a learning section writes them; null where there is none.</summary>
    public SearchedSettings? Settings { get; init; }
}
