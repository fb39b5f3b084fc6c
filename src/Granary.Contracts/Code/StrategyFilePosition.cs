namespace Granary.Contracts.Code;

/// <summary>A position in a strategy file.</summary>
/// <param name="Position">Number of UTF-16 units of <paramref name="Source"/> before the cursor, with its own ends of lines.</param>
/// <inheritdoc cref="StrategyFile"/>
public sealed record StrategyFilePosition(string Name, string Source, int Position);
