using System.Text.Json.Serialization;
using Granary.Learning.Retraining;

namespace Granary.Simulation.Batches;

/// <summary>Age of a registered version when prod.json was written, with its limits. A session continues to count from it.</summary>
/// <param name="At">Close of the last bar, UTC.</param>
/// <param name="Bars">Bars of the strategy's feed since its training.</param>
/// <param name="Trades">Closed trades of the strategy's own account since its training.</param>
/// <param name="MostBars">The version admits no entries from this number of bars on; null = no limit.</param>
/// <param name="MostTrades">The same for closed trades; null = no limit.</param>
/// <param name="MostDays">The same for days since the training; null = no limit.</param>
internal sealed record ModelAge(DateTime At, int Bars, int Trades,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? MostBars = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? MostTrades = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? MostDays = null)
{
    /// <summary>Converts the age of a strategy's version; null if versions do not expire.</summary>
    public static ModelAge? Of(VersionAge? age) => age is null ? null : new ModelAge(new DateTime(age.At, DateTimeKind.Utc), age.Bars,
        age.Trades, age.Limit.Bars, age.Limit.Trades, age.Limit.Days);

    /// <summary>Converts to the age that an entry filter counts.</summary>
    public VersionAge ToAge() => new(new VersionExpiry(MostBars, MostTrades, MostDays), At.ToUniversalTime().Ticks, Bars, Trades);
}
