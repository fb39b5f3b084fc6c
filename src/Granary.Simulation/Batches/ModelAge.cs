using System.Text.Json.Serialization;
using Granary.Learning.Retraining;

namespace Granary.Simulation.Batches;

/// <summary>The age of a registered version when prod.json was written, which a session goes on counting, and the greatest one.</summary>
/// <param name="At">The last bar was known then, UTC.</param>
/// <param name="Bars">Bars of the strategy's feed since its training.</param>
/// <param name="Trades">Closed trades of the strategy's own account since its training.</param>
/// <param name="MostBars">From so many bars on it admits no entries; null = any number.</param>
/// <param name="MostTrades">From so many closed trades on; null = any number.</param>
/// <param name="MostDays">From so many days after its training on; null = any number.</param>
public sealed record ModelAge(DateTime At, int Bars, int Trades,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? MostBars = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? MostTrades = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? MostDays = null)
{
    /// <summary>That of a strategy's version; null where versions do not expire.</summary>
    public static ModelAge? Of(VersionAge? age) => age is null ? null : new ModelAge(new DateTime(age.At, DateTimeKind.Utc), age.Bars,
        age.Trades, age.Limit.Bars, age.Limit.Trades, age.Limit.Days);

    /// <summary>As a filter counts it.</summary>
    public VersionAge ToAge() => new(new VersionExpiry(MostBars, MostTrades, MostDays), At.ToUniversalTime().Ticks, Bars, Trades);
}
