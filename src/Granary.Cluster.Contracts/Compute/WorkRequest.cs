namespace Granary.Cluster.Compute;

/// <summary>A request for an item of a job's work.</summary>
[GenerateSerializer, Immutable, Alias("granary.WorkRequest")]
internal abstract record WorkRequest
{
    /// <summary>Text of all inputs that determine the result. Silos compare it with their own.</summary>
    [Id(0)]
    public required string Key { get; init; }
}

/// <summary>A request for one fit of an experiment.</summary>
/// <param name="Search">
/// Number of the search within the experiment; in a comparison, of the model among the models of a trainer and label.
/// </param>
/// <param name="Candidate">Number of the model in the plan of the search; in a comparison, of the trainer and label.</param>
/// <param name="Inner">
/// Number of the inner window; −1 for the outer window itself. In a comparison, number of the window; −1 for the model of all samples.
/// </param>
[GenerateSerializer, Immutable, Alias("granary.FitRequest")]
internal sealed record FitRequest([property: Id(0)] int Search, [property: Id(1)] int Candidate, [property: Id(2)] int Inner)
    : WorkRequest;

/// <summary>A request for the choices of a walk-forward in one window.</summary>
/// <param name="Window">Number of the window.</param>
/// <param name="Group">Number of the group that chooses; −1 for all groups.</param>
[GenerateSerializer, Immutable, Alias("granary.ChoiceRequest")]
internal sealed record ChoiceRequest([property: Id(0)] int Window, [property: Id(1)] int Group) : WorkRequest;
