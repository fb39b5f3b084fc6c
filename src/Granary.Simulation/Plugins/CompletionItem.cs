namespace Granary.Simulation.Plugins;

/// <summary>A name that may stand at a position of a source.</summary>
/// <param name="Label">The name to insert.</param>
/// <param name="Kind">Kind of symbol, in lower case: "class", "method", "property", "local", "keyword" and the like.</param>
/// <param name="Signature">Declaration in C#.</param>
/// <param name="Documentation">Text of its XML documentation; null if there is none.</param>
public sealed record CompletionItem(string Label, string Kind, string Signature, string? Documentation);
