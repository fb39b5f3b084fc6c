namespace Granary.Simulation.Plugins;

/// <summary>A name that may stand at a position of a source.</summary>
/// <param name="Label">The name to show.</param>
/// <param name="Kind">Kind of symbol, in lower case: "class", "method", "property", "local", "keyword" and the like.</param>
/// <param name="Signature">Declaration in C#.</param>
/// <param name="Documentation">Text of its XML documentation; null if there is none.</param>
/// <param name="Insert">The text to insert, with <c>$0</c> where the cursor goes; null = <paramref name="Label"/>.</param>
internal sealed record CompletionItem(string Label, string Kind, string Signature, string? Documentation, string? Insert = null);
