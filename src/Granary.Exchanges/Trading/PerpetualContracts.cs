using Granary.Data.Brokers;
using Granary.Engine;
using Granary.Engine.Trading;
using Granary.Exchanges.Connections;

namespace Granary.Exchanges.Trading;

/// <summary>Properties that the markets of perpetual contracts in USDT share at all exchanges.</summary>
/// <param name="name">The market, as <c>--broker</c> names it.</param>
/// <param name="title">The exchange's name in messages.</param>
internal sealed class PerpetualContracts(string name, string title)
{
    /// <summary>The currency of margin, profits and fees.</summary>
    public const string Settlement = "USDT";

    /// <summary>Returns the capabilities of such a market.</summary>
    public static BrokerCapabilities Capabilities(bool deadManSwitch, int ordersPerMinute) => new()
    {
        Short = true,
        Leverage = 125,
        OrderTypes = [OrderType.Market, OrderType.Limit, OrderType.Stop, OrderType.StopLimit],
        ReduceOnly = true,
        DeadManSwitch = deadManSwitch,
        OrdersPerMinute = ordersPerMinute,
        QuoteCurrency = Settlement,
    };

    /// <summary>Creates the error for an account in hedge mode: it has long and short positions in one contract, but a session supports
    /// only the net position.</summary>
    public InputException HedgeMode() =>
        new($"broker '{name}': the account is in hedge mode; set it to one-way mode at {title}");

    /// <summary>Creates the error for a rejected margin mode or leverage.</summary>
    public InputException MarginRefused(string listed, MarginTerms margin, VenueRefusalException refusal) => new(
        $"broker '{name}': {title} does not set {listed} to {margin.Mode} margin with leverage {margin.Leverage}: {refusal.Message} "
        + $"({refusal.Code}); close its positions and orders, or give another margin= or execution.leverage", refusal);

    /// <summary>The account from its cash and its positions.</summary>
    /// <param name="cash">Deposits plus realised profits, less fees and funding; without unrealised profits.</param>
    /// <param name="positions">Signed base units, and signed base units · entry price; zeros are left out.</param>
    public static VenueAccount Account(decimal cash, IEnumerable<(string Listed, decimal Held, decimal EntryValue)> positions)
    {
        var open = positions.Where(p => p.Held != 0).ToList();
        return new VenueAccount(new Dictionary<string, decimal> { [Settlement] = cash }, open.ToDictionary(p => p.Listed, p => p.Held),
            open.Sum(p => p.EntryValue));
    }
}
