namespace Granary.Contracts.Runs;

/// <summary>A finished run in a list of runs.</summary>
/// <param name="Id">The name of its folder.</param>
/// <param name="Batch">The name of its batch.</param>
/// <param name="Status">done or interrupted.</param>
/// <param name="Created">UTC.</param>
/// <param name="Seconds">The run's own clock.</param>
/// <param name="LearnedWeights">Whether a policy learned its weights.</param>
public sealed record RunSummary(string Id, string Batch, string Status, string Digest, DateTimeOffset Created, double? Seconds,
    string Host, bool LearnedWeights);

/// <summary>Runs, the newest first.</summary>
/// <param name="Next">The cursor of the next page; null where this is the last.</param>
public sealed record RunPage(IReadOnlyList<RunSummary> Items, string? Next) : IPage<RunSummary>;

/// <summary>A request for a link to a run.</summary>
/// <param name="Days">How long the link is valid, 1 to 365; 7 without it.</param>
public sealed record NewShare(int? Days);

/// <summary>A link to a run.</summary>
/// <param name="Url">A path of this server; it opens the report, and of a share below it, /NAME, the files of the run.</param>
/// <param name="ExpiresAt">UTC.</param>
public sealed record Share(string Url, DateTimeOffset ExpiresAt);
