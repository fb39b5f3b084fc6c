using Granary.Data.Tables;
using Granary.Engine.Market;
using Granary.Engine.Market.Chains;

namespace Granary.Simulation.Batches;

/// <summary>Finds the contracts of a chain among the symbols of a source.</summary>
/// <param name="symbol">The symbol of the chain.</param>
/// <param name="formats">Formats of typed tables.</param>
internal sealed class ChainContracts(string symbol, ChainKeys keys, TableFormatCatalogue formats)
{
    // A contract trades for at most this long before its month begins; Brent ends a month before.
    private const int MostDaysBeforeMonth = 62;

    private readonly Lazy<IReadOnlyDictionary<string, ContractExpiry>?> _expiries =
        new(() => keys.Expiries is { } file ? ChainTables.Expiries(file, formats) : null);

    private readonly Lazy<RollRule> _rule = new(() => new RollRule(keys.Roll.By, keys.Roll.Count,
        keys.Roll.Dates is { } file ? ChainTables.Dates(file, formats) : []));

    /// <summary>The settings of the chain.</summary>
    public ChainKeys Keys => keys;

    /// <summary>When the next contract follows.</summary>
    /// <exception cref="BarDataException">The table of the dates is invalid.</exception>
    public RollRule Rule => _rule.Value;

    /// <summary>The symbols of a source that are contracts of the chain, in their order, and those that only begin as they do.</summary>
    /// <exception cref="BarDataException">A contract that the batch names does not exist, or the table lacks one.</exception>
    public (IReadOnlyList<string> Contracts, IReadOnlyList<string> Others) Among(IReadOnlyList<string> symbols)
    {
        var (contracts, others) = (new SortedSet<string>(StringComparer.Ordinal), new SortedSet<string>(StringComparer.Ordinal));
        foreach (var pattern in keys.Contracts)
            foreach (var name in Named(pattern, symbols))
                if (IsContract(name, pattern)) contracts.Add(name);
                else if (name != symbol) others.Add(name);
        if (keys.Months is not null) contracts.RemoveWhere(c => !keys.Holds(MonthOf(c)));
        others.ExceptWith(contracts);
        return ([.. contracts], [.. others]);
    }

    private static List<string> Named(string pattern, IReadOnlyList<string> symbols)
    {
        if (pattern.Contains('*', StringComparison.Ordinal)) return [.. symbols.Where(s => StarPattern.Matches(pattern, s))];
        if (symbols.Contains(pattern, StringComparer.Ordinal)) return [pattern];
        throw new BarDataException($"the chain names the contract '{pattern}', which the source does not have; "
            + (Spelling.Nearest(pattern, symbols) is { } near ? $"did you mean '{near}'?"
                : "correct it, or write a pattern such as \"ES*\""));
    }

    private bool IsContract(string name, string pattern)
    {
        if (_expiries.Value?.ContainsKey(name) == true) return true;
        var root = pattern.Split('*')[0];
        // The star stands for the month and the year: ESTXM23 is no contract of ES*.
        var isPattern = pattern.Contains('*', StringComparison.Ordinal);
        var isOwn = ContractName.Of(name, root) is { } read
            && (root.Length == 0 || !isPattern || read.Root.Length <= ContractName.Plain(root).Length);
        if (!isOwn) return isPattern ? false
            : throw new BarDataException($"the name of the contract '{name}' has no month; give its expiry in a table: \"expiries\": FILE");
        if (_expiries.Value is null) return true;
        throw new BarDataException($"{keys.Expiries!.Written} has no line of the contract {name}; add its expiry");
    }

    private int MonthOf(string name) => NameOf(name) is { } read ? read.MonthAt(default).Month : _expiries.Value![name].Day.Month;

    private ContractName? NameOf(string name) => ContractName.Of(name, keys.Contracts.Select(p => p.Split('*')[0])
        .Where(p => name.StartsWith(p, StringComparison.Ordinal)).MaxBy(p => p.Length) ?? "");

    /// <summary>Whether the last bars of contracts are needed to know when they expire.</summary>
    public bool NeedsLastBars(IReadOnlyList<string> contracts) => FirstWithoutExpiry(contracts) is not null
        || _expiries.Value is null && contracts.Any(c => NameOf(c)!.IsAmbiguous);

    /// <summary>A contract whose expiry neither the table nor its name has; null if there is none.</summary>
    public string? FirstWithoutExpiry(IReadOnlyList<string> contracts) => _expiries.Value is not null ? null
        : contracts.FirstOrDefault(c => !NameOf(c)!.MonthAt(default).HasDay);

    /// <summary>The contracts in the order of their delivery.</summary>
    /// <param name="lastBars">The day of each contract's last bar; null if <see cref="NeedsLastBars"/> says that none is needed.</param>
    /// <returns>
    /// The contracts, and those whose expiry was taken from their last bar.
    /// </returns>
    /// <exception cref="BarDataException">A roll needs a day that the table does not have.</exception>
    public (IReadOnlyList<ChainContract> Contracts, IReadOnlyList<string> ByLastBar) Ordered(IReadOnlyList<string> contracts,
        IReadOnlyDictionary<string, DateOnly>? lastBars)
    {
        var (found, byLastBar) = (new List<ChainContract>(), new List<string>());
        var latest = lastBars?.Values.Max();
        foreach (var name in contracts)
        {
            if (_expiries.Value?.GetValueOrDefault(name) is { Day.DayNumber: > 0 } row)
            {
                found.Add(new ChainContract(name, row.Day, row.Day, row.FirstNotice));
                continue;
            }
            var last = lastBars?.GetValueOrDefault(name) ?? default;
            var month = NameOf(name)!.MonthAt(last);
            if (month.HasDay) found.Add(new ChainContract(name, month.End, month.End));
            else if (last < latest && last >= month.Start.AddDays(-MostDaysBeforeMonth))
            {
                found.Add(new ChainContract(name, month.End, last));
                byLastBar.Add(name);
            }
            else found.Add(new ChainContract(name, month.End));
        }
        CheckRule(found);
        return ([.. found.OrderBy(c => c.Delivery).ThenBy(c => c.Name, StringComparer.Ordinal)], byLastBar);
    }

    private void CheckRule(List<ChainContract> contracts)
    {
        if (Rule.By == RollBy.FirstNotice && contracts.All(c => c.FirstNotice is null))
            throw new BarDataException($"{keys.Expiries!.Written} has no first notice day of any contract of {symbol}; add the column "
                + "first_notice, or roll by expiry");
        foreach (var date in Rule.Dates)
            if (date.Contract is { } name && contracts.TrueForAll(c => c.Name != name))
                throw new BarDataException($"{keys.Roll.Dates!.Written} names '{name}', which is no contract of {symbol}; "
                    + (Spelling.Nearest(name, contracts.Select(c => c.Name)) is { } near ? $"did you mean '{near}'?" : "correct the name"));
    }
}
