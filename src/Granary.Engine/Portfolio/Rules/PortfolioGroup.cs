namespace Granary.Engine.Portfolio.Rules;

/// <summary>Symbols that share a limit.</summary>
/// <param name="MaxPercent">Sum of the absolute values of their positions; null = no limit.</param>
/// <param name="MaxPositions">Trades open in them at once; null = no limit.</param>
public sealed record PortfolioGroup(string Name, IReadOnlyList<string> Symbols, double? MaxPercent, int? MaxPositions);
