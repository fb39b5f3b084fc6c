namespace Granary.Trading.Live;

/// <summary>A change of an account that an order would make.</summary>
/// <param name="Quantity">Change of the position, signed base units.</param>
/// <param name="Trades">Change of the number of open trades.</param>
internal sealed record AccountChange(string Symbol, double Quantity, int Trades);
