using System.Text.Json.Nodes;

namespace Granary.Contracts.Catalogues;

/// <summary>A class of a catalogue, for forms.</summary>
/// <param name="Lines">The names of a factor's lines behind its first; null for other classes.</param>
/// <param name="Schema">The JSON Schema of a job's request without its kind; <c>format</c> says what a form offers: batch, file, run,
/// store, symbol, time-zone or iso-8601. Null for other classes.</param>
public sealed record CatalogueItem(string Name, string Summary, IReadOnlyList<CatalogueParameter> Parameters,
    IReadOnlyList<string>? Lines = null, JsonObject? Schema = null);

/// <summary>A parameter of a class.</summary>
/// <param name="Kind">int, double, bool, string, or enum with its <paramref name="Values"/>.</param>
/// <param name="Default">null where it must be given.</param>
/// <param name="Minimum">null = none.</param>
/// <param name="Maximum">null = none.</param>
public sealed record CatalogueParameter(string Name, string Kind, object? Default, double? Minimum, double? Maximum,
    IReadOnlyList<string>? Values);

/// <summary>A finished run that a job can take, or cannot.</summary>
/// <param name="Id">The id of the run.</param>
/// <param name="Name">The name to show.</param>
/// <param name="Created">UTC.</param>
/// <param name="Refusal">Why the job cannot take the run, in one sentence; null if it can.</param>
public sealed record RunChoice(string Id, string Name, DateTimeOffset Created, string? Refusal);

/// <summary>A statistic that a search or a walk-forward can have as its objective.</summary>
/// <param name="Key">As in results.json and in the batch file.</param>
/// <param name="Unit">Of its values, such as ratio, return or fraction.</param>
/// <param name="Better">higher or lower: which values are the better ones without a sign before the key.</param>
public sealed record CatalogueObjective(string Key, string Name, string Unit, string Better, string Formula);
