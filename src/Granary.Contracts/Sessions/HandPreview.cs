using Granary.Engine.Trading;

namespace Granary.Contracts.Sessions;

/// <summary>What an order by hand would do, at the last close.</summary>
/// <param name="Command">close, protect, enter or reverse.</param>
/// <param name="Trade">The client id of the entry that it is about; for an entry the id that it would get.</param>
/// <param name="Side">Side of the order; of a stop and target, the side that closes the trade.</param>
/// <param name="Quantity">Base units of the order; of a stop and target, the quantity that they close.</param>
/// <param name="Price">Expected price of the fill: the limit price, or the last close with slippage and spread.</param>
/// <param name="Value">Price times quantity, account currency.</param>
/// <param name="Cost">Expected fee, slippage and half spread, account currency.</param>
/// <param name="Stop">The stop that works afterwards; null without one.</param>
/// <param name="Target">The target that works afterwards; null without one.</param>
/// <param name="Risk">Loss from the expected price to the stop, account currency; null without a stop.</param>
/// <param name="RiskPercent">The same in percent of the account's equity.</param>
/// <param name="Profit">Profit that a close books, before fees; null for other commands.</param>
/// <param name="Position">Position of the account in the symbol afterwards, signed base units.</param>
/// <param name="GrossPercent">Sum of the absolute values of all positions afterwards, percent of the equity.</param>
/// <param name="Limits">The limits of the configuration as they are used afterwards.</param>
/// <param name="Refusal">Why the session refuses it, one sentence; null if it accepts it.</param>
/// <param name="Then">How the strategy goes on, and what manages the trade.</param>
public sealed record HandPreview(string Command, string Trade, string Symbol, Side Side, double Quantity, double Price, double Value,
    double Cost, double? Stop, double? Target, double? Risk, double? RiskPercent, double? Profit, double Position, double GrossPercent,
    IReadOnlyList<LimitUse> Limits, string? Refusal, string Then);
