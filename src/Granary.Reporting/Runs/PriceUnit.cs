namespace Granary.Reporting.Runs;

/// <summary>What one point of a symbol's prices is.</summary>
/// <param name="Multiplier">Units of its currency per price point and unit.</param>
/// <param name="Currency">Null where all instruments of the run have the account's currency.</param>
public readonly record struct PriceUnit(double Multiplier, string? Currency);
