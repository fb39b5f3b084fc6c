namespace Granary.Simulation.Plugins;

/// <summary>The names that may stand at a position of a source.</summary>
/// <param name="Start">Number of UTF-16 units before the text that a name replaces; it ends at the position.</param>
/// <param name="Items">In alphabetical order.</param>
internal sealed record CompletionList(int Start, IReadOnlyList<CompletionItem> Items);
