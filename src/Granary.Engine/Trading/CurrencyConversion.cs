namespace Granary.Engine.Trading;

/// <summary>The treatment of amounts in currencies other than the account's.</summary>
public enum CurrencyConversion : byte
{
    /// <summary>They stay in their currencies, as balances that are valued at the current rates.</summary>
    Hold,
    /// <summary>The net result of a trade is converted when it is closed.</summary>
    Convert,
}
