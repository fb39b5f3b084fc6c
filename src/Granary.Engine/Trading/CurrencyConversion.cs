namespace Granary.Engine.Trading;

/// <summary>What an account does with amounts in other currencies than its own.</summary>
public enum CurrencyConversion : byte
{
    /// <summary>They stay in their currencies, as balances that are valued at the current rates.</summary>
    Hold,
    /// <summary>The net result of a trade is converted when it is closed.</summary>
    Convert,
}
