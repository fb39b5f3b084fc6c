namespace Granary;

/// <summary>The keys of a batch's <c>learning</c>.</summary>
public sealed record BatchModel
{
    /// <summary>Of the versions; default: the batch's name.</summary>
    public string? Name { get; init; }

    /// <summary>The key <c>strategies</c>.</summary>
    public IReadOnlyList<string>? Strategies { get; init; }

    /// <summary>Granary trainers lists them with their parameters; mlnet-… where ML.NET is installed.</summary>
    public string? Trainer { get; init; }

    /// <summary>The key <c>params</c>.</summary>
    public Dictionary<string, Values>? Params { get; init; }

    /// <summary>The key <c>features</c>.</summary>
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>The key <c>select</c>.</summary>
    public int? Select { get; init; }

    /// <summary>The key <c>label</c>.</summary>
    public BatchLabel? Label { get; init; }

    /// <summary>The key <c>weights</c>.</summary>
    public IReadOnlyList<string>? Weights { get; init; }

    /// <summary>The key <c>walkForward</c>.</summary>
    public BatchTraining? WalkForward { get; init; }

    /// <summary>The key <c>apply</c>.</summary>
    public BatchApply? Apply { get; init; }

    /// <summary>The key <c>watch</c>.</summary>
    public BatchWatch? Watch { get; init; }

    /// <summary>Each strategy's model is trained again, and promoted if it errs less.</summary>
    public BatchRetrain? Retrain { get; init; }

    /// <summary>The key <c>abstain</c>.</summary>
    public bool? Abstain { get; init; }

    /// <summary>The key <c>registry</c>.</summary>
    public string? Registry { get; init; }

    /// <summary>The key <c>promote</c>.</summary>
    public bool? Promote { get; init; }

    /// <summary>The key <c>experiment</c>.</summary>
    public BatchExperiment? Experiment { get; init; }
}
