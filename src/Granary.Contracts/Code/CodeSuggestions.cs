namespace Granary.Contracts.Code;

/// <summary>Suggestions for a position of a strategy file.</summary>
/// <param name="From">Number of UTF-16 units before the text that a suggestion replaces; it ends at the position.</param>
/// <param name="Items">In alphabetical order.</param>
public sealed record CodeSuggestions(int From, IReadOnlyList<CodeSuggestion> Items);

/// <summary>A text that may stand at a position.</summary>
/// <param name="Label">The name to show.</param>
/// <param name="Kind">class, struct, enum, method, property, field, local, parameter, keyword, override, factor,
/// line or timeframe.</param>
/// <param name="Signature">Declaration in C#; of a factor, its parameters with their ranges.</param>
/// <param name="Documentation">null if there is none.</param>
/// <param name="Insert">The text to insert, with <c>$0</c> where the cursor goes; null = <paramref name="Label"/>.</param>
public sealed record CodeSuggestion(string Label, string Kind, string Signature, string? Documentation, string? Insert);
