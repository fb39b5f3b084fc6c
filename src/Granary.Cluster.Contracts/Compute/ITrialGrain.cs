using Orleans.Concurrency;

namespace Granary.Cluster.Compute;

/// <summary>
/// The trials of one experiment on one silo; the key is <c>run|silo</c>, and the grain is always placed on that silo. It prepares the
/// experiment from the run's definition when the first trial comes.
/// </summary>
[Alias("granary.ITrialGrain")]
public interface ITrialGrain : IGrainWithStringKey
{
    /// <summary>Makes a trial. Repeated orders give the same answer, to the bit.</summary>
    /// <exception cref="SiloUnavailableException">The silo takes no new work.</exception>
    [AlwaysInterleave, ResponseTimeout("1.00:00:00"), Alias("Make")]
    Task<TrialAnswer> MakeAsync(TrialWork work, CancellationToken cancellationToken);
}

/// <summary>One fit of an experiment.</summary>
/// <param name="Search">
/// Number of the search within the experiment; in a comparison, of the model among those of a trainer and label.
/// </param>
/// <param name="Candidate">Number of the model in the plan of the search; in a comparison, of the trainer and label.</param>
/// <param name="Inner">
/// Number of the inner window; −1 for the outer window itself. In a comparison, number of the window; −1 for the model of all samples.
/// </param>
/// <param name="Key">Text of all inputs that determine the result. Silos compare it with their own.</param>
[GenerateSerializer, Immutable, Alias("granary.TrialWork")]
public sealed record TrialWork([property: Id(0)] int Search, [property: Id(1)] int Candidate, [property: Id(2)] int Inner,
    [property: Id(3)] string Key);

/// <summary>The result of a trial.</summary>
/// <param name="Predicted">Predictions by test row of its window; NaN if the model has no prediction for the row.</param>
/// <param name="Signals">Predictions by signal in its window; NaN likewise.</param>
/// <param name="Error">Why there is no model; null if there is one. With <see cref="IsMismatch"/>: why the silo runs no trials.</param>
/// <param name="IsMismatch">Whether the silo has other bars or another program version. It then returns no result.</param>
[GenerateSerializer, Immutable, Alias("granary.TrialAnswer")]
public sealed record TrialAnswer([property: Id(0)] double[] Predicted, [property: Id(1)] double[] Signals,
    [property: Id(2)] string? Error, [property: Id(3)] bool IsMismatch = false)
{
    /// <summary>The bytes of the model's file in a comparison; null in a search, or without a model.</summary>
    [Id(4)]
    public byte[]? Model { get; init; }

    /// <summary>Returns the answer of a silo that cannot run the trials of the run.</summary>
    public static TrialAnswer Mismatch(string reason) => new([], [], reason, IsMismatch: true);
}
