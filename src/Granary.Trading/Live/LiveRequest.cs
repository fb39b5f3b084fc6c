using System.Diagnostics.CodeAnalysis;
using Granary.Contracts.Sessions;
using Granary.Engine.Catalogues;

namespace Granary.Trading.Live;

/// <summary>A live session of this process: its options, its configuration, and its output folders.</summary>
public sealed record LiveRequest : SessionOptions
{
    public LiveRequest()
    {
    }

    [SetsRequiredMembers]
    public LiveRequest(SessionOptions options, string production) : base(options) => Production = production;

    /// <summary>The path of a prod.json.</summary>
    public required string Production { get; init; }
    [Key("the folder of the account's journal, or postgres://… (state in the run's folder)")]
    public string? State { get; init; }
    [Key("the folder of the weights service, whose changes come into force at the next bar")]
    public string? Weights { get; init; }
    [Key("the run's folder (runs/<name>-live-<UTC>)")]
    public string? Out { get; init; }

    public IProgress<LiveStatus>? Status { get; init; }

    /// <summary>Number of this attempt at the run if an earlier one may still write its folder; 0 = only one exists at a time.</summary>
    public long Attempt { get; init; }
}
