using System.Globalization;
using Granary.Engine.Market;
using Granary.Engine.Market.Chains;

namespace Granary.Engine.Tests.Market.Chains;

/// <summary>A chain of daily bars, written in a few words.</summary>
internal sealed class ChainOf(RollBy by, int days = 0, int depth = 1)
{
    private readonly List<ChainContract> _contracts = [];
    private readonly List<(DateOnly Day, int Contract, Bar Bar, double OpenInterest)> _bars = [];

    public List<RollDate> Dates { get; } = [];

    /// <summary>The first contracts that could not be compared in the last run.</summary>
    public IReadOnlyList<string> Uncompared { get; private set; } = [];

    public SessionCalendar Calendar { get; init; } = SessionCalendar.Continuous;

    public static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A contract with a bar on each weekday; its close is its price plus the number of days since 2022-01-01.</summary>
    public ChainOf Add(string name, string from, string to, string? expiry, double price, double volume = 100, params string[] without)
    {
        _contracts.Add(new ChainContract(name, Day(expiry ?? to), expiry is null ? null : Day(expiry), null));
        for (var day = Day(from); day <= Day(to); day = day.AddDays(1))
            if (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !without.Contains($"{day:yyyy-MM-dd}"))
                AddBar(_contracts.Count - 1, day, price, volume);
        return this;
    }

    /// <summary>Sets the first notice day of the last contract.</summary>
    public ChainOf Noticed(string day)
    {
        _contracts[^1] = _contracts[^1] with { FirstNotice = Day(day) };
        return this;
    }

    public void AddBar(int contract, DateOnly day, double price, double volume, double openInterest = double.NaN)
    {
        var open = price + day.DayNumber - new DateOnly(2022, 1, 1).DayNumber;
        _bars.Add((day, contract, new Bar(day.DayNumber * TimeSpan.TicksPerDay, open, open + 1, open - 1, open, volume), openInterest));
    }

    /// <summary>The contract of each day, such as "2022-03-01 A", and the changes as they became known.</summary>
    public (List<string> Series, List<ListingChange> Changes) Run(DateOnly? until = null)
    {
        var assembler = new ChainAssembler(_contracts, new RollRule(by, days, Dates), depth, new ChainDays(Calendar, Timeframe.D1));
        var (series, changes) = (new List<string>(), new List<ListingChange>());
        foreach (var slice in _bars.Where(b => until is not { } end || b.Day < end).GroupBy(b => b.Day).OrderBy(g => g.Key))
        {
            ContractBar[] bars = [.. slice.Select(b => new ContractBar(b.Contract, b.Bar, b.OpenInterest))];
            var step = assembler.Next(bars[0].Bar.Time, bars);
            if (step.Change is { } change) changes.Add(change);
            if (step.Contract >= 0) series.Add($"{slice.Key:yyyy-MM-dd} {_contracts[step.Contract].Name}");
        }
        if (assembler.Finish() is { } last) changes.Add(last);
        Uncompared = [.. assembler.Uncompared];
        return (series, changes);
    }

    /// <summary>The changes as texts, such as "2022-03-11 A>B 169 172".</summary>
    public List<string> Changes() => [.. Run().Changes.Select(Text)];

    public static string Text(ListingChange change) => string.Create(CultureInfo.InvariantCulture,
        $"{new DateTime(change.Time):yyyy-MM-dd} {change.From}>{change.To} {change.OldPrice}")
        + (change.Kind == ListingChangeKind.Roll ? string.Create(CultureInfo.InvariantCulture, $" {change.NewPrice}") : " end");
}
