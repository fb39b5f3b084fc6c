namespace Granary.Engine.Market.Chains;

/// <summary>The delivery month of a future, or the day of its expiry if its name has one.</summary>
/// <param name="Day">0 = the name has none.</param>
internal readonly record struct ContractMonth(int Year, int Month, int Day)
{
    /// <summary>Whether the name has the day of the expiry.</summary>
    public bool HasDay => Day > 0;

    /// <summary>The first day of the month.</summary>
    public DateOnly Start => new(Year, Month, 1);

    /// <summary>The day of the expiry; without one the last day of the month.</summary>
    public DateOnly End => new(Year, Month, HasDay ? Day : DateTime.DaysInMonth(Year, Month));
}
