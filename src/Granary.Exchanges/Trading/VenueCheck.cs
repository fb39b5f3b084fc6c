using Granary.Data.Brokers;
using Granary.Engine;
using Granary.Engine.Trading;
using Granary.Exchanges.Connections;

namespace Granary.Exchanges.Trading;

/// <summary>Checks before an account is traded: the permissions of the key, and the instruments.</summary>
internal static class VenueCheck
{
    /// <exception cref="InputException">The key can withdraw, or cannot trade.</exception>
    public static void RefuseWithdrawal(string name, KeyPermissions permissions)
    {
        if (permissions.MayWithdraw == true)
            throw new InputException($"broker '{name}': the API key may move funds off the account "
                + $"({string.Join(", ", permissions.Names)}); make a key that may only read and trade");
        if (permissions.MayTrade == false)
            throw new InputException($"broker '{name}': the API key may not trade ({string.Join(", ", permissions.Names)}); "
                + "give it the permission to trade this market");
    }

    /// <summary>Refuses a dry run if the session has open trades, because it would cancel their stops only in the book.</summary>
    /// <exception cref="InputException">A trade or order is open.</exception>
    public static void RefuseTrades(string name, VenueBook book)
    {
        if (book.OpenEntries.Count + book.Working.Count > 0)
            throw new InputException($"broker '{name}': the account has open trades or waiting orders of a session that was no dry "
                + "run; end them with 'session flatten', or give the dry run a --state of its own");
    }

    /// <exception cref="InputException">The configuration cannot be traded with the listed instruments.</exception>
    public static void RefuseFaults(IVenue venue, IEnumerable<VenueInstrument> instruments, BrokerEnvironment environment)
    {
        if (environment.FaultsOf([.. instruments.Select(i => i.Describe(venue.Capabilities))]) is { Count: > 0 } faults)
            throw new InputException($"broker '{venue.Name}': {string.Join("; ", faults)}");
    }

    /// <exception cref="InputException">A contract does not support the leverage.</exception>
    public static void RefuseLeverage(string name, IEnumerable<VenueInstrument> instruments, MarginTerms margin)
    {
        foreach (var instrument in instruments.Where(i => i.MaxLeverage > 0 && i.MaxLeverage < margin.Leverage))
            throw new InputException(FormattableString.Invariant(
                $"broker '{name}': the highest leverage of {instrument.Symbol} is {instrument.MaxLeverage}, and execution.leverage is ")
                + FormattableString.Invariant($"{margin.Leverage}; lower it and run the backtest again"));
    }

    /// <exception cref="InputException">The margin mode of the configuration is not the broker's.</exception>
    public static void RefuseMode(string name, ExecutionSettings execution, MarginTerms margin)
    {
        if (execution.Margin != MarginMode.None && margin.IsCross != (execution.Margin == MarginMode.Cross))
            throw new InputException($"broker '{name}': execution.margin is {(margin.IsCross ? "isolated" : "cross")}, and the broker's margin "
                + $"is {margin.Mode}; pass --broker-options margin={(margin.IsCross ? "isolated" : "cross")}");
    }

    /// <summary>Maps the session's symbols to the exchange's instruments.</summary>
    /// <param name="hasRates">Whether the account knows the rates of other currencies than its own; null = it is not known yet.</param>
    /// <exception cref="InputException">The exchange does not list a symbol, or lists an inverse contract, or the symbols have several
    /// quote currencies that the account cannot add up.</exception>
    public static IReadOnlyDictionary<string, VenueInstrument> Match(string name, IReadOnlyList<VenueInstrument> listed,
        IEnumerable<string> symbols, bool hasRates = false)
    {
        var linear = listed.Where(i => !i.IsInverse).ToList();
        var byName = linear.GroupBy(i => VenueInstrument.Plain(i.Base + i.Quote))
            .ToDictionary(g => g.Key, g => g.First());
        foreach (var instrument in linear) byName.TryAdd(VenueInstrument.Plain(instrument.Listed), instrument);
        var found = new Dictionary<string, VenueInstrument>(StringComparer.Ordinal);
        foreach (var symbol in symbols)
        {
            if (InverseContracts.FaultOf(name, listed, symbol) is { } inverse) throw new InputException(inverse);
            if (!byName.TryGetValue(VenueInstrument.Plain(symbol), out var instrument))
                throw new InputException($"broker '{name}' does not list {symbol}; write it as BTC-USDT, or take another broker");
            found.Add(symbol, instrument with { Symbol = symbol });
        }
        if (!found.Values.Select(i => i.Quote).Distinct().Skip(1).Any()) return found;
        if (!hasRates)
            throw new InputException($"broker '{name}': the instruments are quoted in "
                + string.Join(" and ", found.Values.Select(i => i.Quote).Distinct().Order())
                + "; name the account's currency in account.currency and the exchange rates in data.fx, or give each currency an account "
                + "of its own");
        // The balance of a coin could not tell whose it is.
        foreach (var coin in found.Values.GroupBy(i => i.Base, StringComparer.Ordinal))
            if (coin.Skip(1).Any() || found.Values.Any(i => i.Quote == coin.Key))
                throw new InputException($"broker '{name}': {coin.Key} is held by {coin.First().Symbol} and by "
                    + $"{found.Values.First(i => i.Symbol != coin.First().Symbol && (i.Base == coin.Key || i.Quote == coin.Key)).Symbol}, "
                    + "and one balance cannot show both; give one of them an account of its own");
        return found;
    }

    /// <summary>Reads clock, permissions, balances and instruments of an account.</summary>
    /// <inheritdoc cref="IBrokerFactory.CheckAsync"/>
    public static async Task<BrokerCheck?> RunAsync(IVenue venue, IReadOnlyList<string> symbols, CancellationToken cancellationToken)
    {
        try
        {
            await venue.MeasureClockAsync(cancellationToken).ConfigureAwait(false);
            var permissions = await venue.PermissionsAsync(cancellationToken).ConfigureAwait(false);
            RefuseWithdrawal(venue.Name, permissions);
            var instruments = Match(venue.Name, await venue.InstrumentsAsync(cancellationToken).ConfigureAwait(false), symbols);
            var account = await venue.AccountAsync(cancellationToken).ConfigureAwait(false);
            var orders = 0;
            foreach (var instrument in instruments.Values)
                orders += (await venue.OpenOrdersAsync(instrument, cancellationToken).ConfigureAwait(false)).Count;
            var notes = new List<string>();
            if (permissions.MayWithdraw is null)
                notes.Add($"{venue.Name} does not tell whether the key may withdraw; look at its page of API keys");
            foreach (var closed in instruments.Values.Where(i => !i.IsTrading)) notes.Add($"{closed.Listed} is not traded now");
            return new BrokerCheck
            {
                Endpoint = venue.Endpoint.ToString(),
                ClockSkew = venue.ClockSkew,
                Permissions = permissions.Names,
                Balances = account.Balances.Where(b => b.Value != 0).ToDictionary(b => b.Key, b => (double)b.Value, StringComparer.Ordinal),
                Instruments = [.. instruments.Values.Select(i => i.Describe(venue.Capabilities))],
                OpenOrders = orders,
                Notes = notes,
            };
        }
        catch (VenueRefusalException e)
        {
            throw new InputException($"broker '{venue.Name}': {e.Message} ({e.Code})", e);
        }
    }
}
