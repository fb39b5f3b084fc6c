// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json;

namespace Granary.Client.Schemas;

/// <summary>A job: its kind, and what the kind needs. The sentence of the answer names keys that are missing or unknown.</summary>
public sealed record JobRequest
{
    /// <summary>One of GET /catalogue/jobs, or a kind of a plug-in.</summary>
    public required string Kind { get; init; }

    public BatchFile? Batch { get; init; }

    /// <summary>Of train, evaluate and experiment: all, or the first so many.</summary>
    public JsonElement? Strategies { get; init; }

    /// <summary>Of train: after this time, UTC, versions are registered and not promoted.</summary>
    public string? PromoteUntil { get; init; }

    /// <summary>Of replay: the id of the run whose model versions are used.</summary>
    public string? ModelsOf { get; init; }

    /// <summary>Of verify: the id of the run.</summary>
    public string? Run { get; init; }

    /// <summary>Of verify: strategies to check; all without it.</summary>
    public int? Sample { get; init; }

    /// <summary>Of verify: where the bars are cut.</summary>
    public long? Cuts { get; init; }

    /// <summary>Of import: files and folders, relative to the data folder.</summary>
    public JsonElement? Files { get; init; }

    /// <summary>Of import: a folder, or postgres://…</summary>
    public string? Store { get; init; }

    public string? Symbol { get; init; }

    /// <summary>One of name.</summary>
    public string? SymbolFrom { get; init; }

    public string? Timeframe { get; init; }

    public string? Format { get; init; }

    /// <summary>One of open, close.</summary>
    public string? Stamp { get; init; }

    public string? TimeZone { get; init; }

    public JsonElement? Columns { get; init; }

    /// <summary>Of track: a CSV of returns.</summary>
    public string? Panel { get; init; }

    /// <summary>Of track: a folder of bar files.</summary>
    public string? Universe { get; init; }

    /// <summary>Of track: the panel's column, or a bar file.</summary>
    public string? Index { get; init; }

    /// <summary>Of track: how many names at the most.</summary>
    public int? MaxStocks { get; init; }
}
