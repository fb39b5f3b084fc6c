using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;

namespace Granary.Simulation.Batches;

/// <summary>The keys of <c>experiment</c>: what <c>granary experiment</c> compares.</summary>
internal sealed record ExperimentKeys
{
    [Key("trainers to compare", Without = "all")]
    public IReadOnlyList<string> Trainers { get; init; } = [];

    [Key("labels to compare", Without = "the section's")]
    public IReadOnlyList<LabelKeys> Labels { get; init; } = [];

    [Key("the figure by which models rank")]
    public ExperimentFitness Fitness { get; init; }

    [Key("`precision`: the share of samples with the highest predictions"), Range(0.001, 1)]
    public double Top { get; init; } = 0.1;

    [Key("[searches](#search) instead", Without = "none")]
    public ModelSearchKeys? Search { get; init; }
}

/// <summary>The keys of the <c>search</c> of an experiment. The section has the values of missing ones.</summary>
internal sealed record ModelSearchKeys
{
    [Key("trainers, each with the values of its parameters to try", Without = "those of the experiment")]
    public IReadOnlyList<SearchTrainerKeys> Trainers { get; init; } = [];

    [Key("a list of features, or several of them", Without = "the section's", Offers = KeyType.AnyValue)]
    public JsonPart? Features { get; init; }

    [Key("numbers of features that each fold selects; 0 = all", Without = "the section's"), Range(0, 4096)]
    public IReadOnlyList<int> Select { get; init; } = [];

    [Key("entry rules", Without = "the section's")]
    public IReadOnlyList<EntryRuleKeys> Apply { get; init; } = [];

    [Key("most fits of models"), Range(1, 10_000_000)]
    public int Budget { get; init; } = 500;

    [Key("inner windows, within the training part of each window"), Range(1, 64)]
    public int Windows { get; init; } = 4;

    [Key("largest probability of promoting a model without an edge, over all models"), Range(1e-6, 0.5)]
    public double Level { get; init; } = 0.05;
}

/// <summary>The keys of a trainer in a search, or its name alone.</summary>
[ShortForm("name")]
internal sealed record SearchTrainerKeys
{
    [Key("a name of `granary trainers`", Without = "required")]
    public required string Name { get; init; }

    [Key("a value, or a list of values to try, by parameter", Without = "the trainer's", Offers = KeyType.AnyValue)]
    public IReadOnlyDictionary<string, JsonPart> Params { get; init; } = new Dictionary<string, JsonPart>();
}
