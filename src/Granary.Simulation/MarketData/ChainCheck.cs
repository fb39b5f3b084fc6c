using System.Globalization;
using Granary.Data.Quality;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Market.Chains;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;

namespace Granary.Simulation.MarketData;

/// <summary>Checks the chains of a batch: holes, contracts that cannot be rolled into, their order, and volume that moves early.</summary>
internal sealed class ChainCheck
{
    // Days on which the next contract has more volume before the chain rolls into it, without a finding.
    private const int EarlyDays = 2;

    // Common days of two contracts before a roll, below which a holiday or a quiet day would prevent it.
    private const int LeastOverlap = 5;

    private readonly string _symbol;
    private readonly ReadChain _chain;
    private readonly List<Finding> _findings = [];
    // Volume by contract and day.
    private readonly List<SortedDictionary<DateOnly, double>> _volumes = [];

    private ChainCheck(string symbol, ReadChain chain) => (_symbol, _chain) = (symbol, chain);

    private ChainDays Days => _chain.Days;

    /// <summary>Checks all chains of a batch.</summary>
    /// <exception cref="InputException">The batch has no chain, or its source is wrong.</exception>
    /// <exception cref="BarDataException">A row of a file is invalid.</exception>
    public static async Task<IReadOnlyList<QualityReport>> RunAsync(DataSpec data, GranaryCatalogues catalogues,
        CancellationToken cancellationToken)
    {
        var reports = new List<QualityReport>();
        foreach (var part in data.Parts.Count > 0 ? data.Parts.Select(p => p.Data) : [data])
            foreach (var symbol in part.Instruments.Where(i => i.Value.Chain is not null).Select(i => i.Key).Order(StringComparer.Ordinal))
                try
                {
                    reports.Add(await OfAsync(part, symbol, catalogues, cancellationToken));
                }
                catch (BarDataException e) when (e.Line is null)
                {
                    throw data.Place.Fault(e.Message, e);
                }
        return reports.Count > 0 ? reports
            : throw data.Place.Fault("the batch has no chain; data check takes its files: granary data check FILE");
    }

    private static async Task<QualityReport> OfAsync(DataSpec data, string symbol, GranaryCatalogues catalogues,
        CancellationToken cancellationToken)
    {
        var source = (ChainSource)BatchSources.Chained(catalogues, data);
        await using var chain = await source.ReadAsync(new BarQuery(symbol, data.Timeframe, data.From, data.To), cancellationToken);
        var check = new ChainCheck(symbol, chain);
        foreach (var series in chain.Series) await check.AddAsync(series, cancellationToken);
        return check.Report(data.Timeframe);
    }

    private async Task AddAsync(IBarSeries series, CancellationToken cancellationToken)
    {
        var volumes = new SortedDictionary<DateOnly, double>();
        await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken))
            for (var i = 0; i < block.Count; i++)
            {
                var day = Days.Of(block.Time[i]);
                volumes[day] = volumes.GetValueOrDefault(day) + block.Volume[i];
            }
        _volumes.Add(volumes);
    }

    private QualityReport Report(Timeframe timeframe)
    {
        var stretches = _chain.Plan.Stretches;
        if (stretches.Count == 0)
            Add(Severity.Error, _symbol, "the chain has no bar", "name a smaller depth, or check the contracts and their expiries");
        CheckExpiries();
        CheckOrder();
        CheckHoles();
        CheckRolls();
        return new QualityReport(_symbol, timeframe, stretches.Sum(s => s.Count), stretches.Count > 0 ? stretches[0].From : 0,
            stretches.Count > 0 ? stretches[^1].To : 0, 0, [.. _findings.OrderByDescending(f => f.Severity)]);
    }

    private void Add(Severity severity, string place, string sentence, string remedy) =>
        _findings.Add(new Finding(severity, QualityCheck.Chain, place, sentence, remedy));

    private void CheckExpiries()
    {
        foreach (var name in _chain.ByLastBar)
            Add(Severity.Warning, name, "its expiry was taken from its last bar, which was not known before", "give a table of expiries");
        foreach (var name in _chain.Others)
            Add(Severity.Info, name, $"it is no contract of {_symbol}: its name has no month and year behind the pattern",
                "nothing, if that is meant");
        if (_chain.Rule.By == RollBy.Volume && _volumes.TrueForAll(v => v.Values.All(volume => volume == 0)))
            Add(Severity.Warning, _symbol, "no contract has volume, so each roll is made on the day before the expiry",
                "add the volume, or roll by expiry");
    }

    private void CheckOrder()
    {
        for (var c = 0; c < _chain.Contracts.Count; c++)
        {
            var (contract, own) = (_chain.Contracts[c], _volumes[c]);
            if (own.Count == 0) continue;
            if (contract.Expiry is { } expiry && own.Keys.Last() > expiry)
                Add(Severity.Warning, contract.Name, $"it has bars until {own.Keys.Last():yyyy-MM-dd}, after its expiry on "
                    + $"{expiry:yyyy-MM-dd}; they are left out", "correct the expiry, or remove these bars");
            if (c == 0 || _volumes[c - 1].Count == 0) continue;
            var (before, earlier) = (_chain.Contracts[c - 1], _volumes[c - 1]);
            if (own.Keys.Last() < earlier.Keys.Last())
                Add(Severity.Warning, contract.Name, $"it expires after {before.Name}, and its bars end before, on "
                    + $"{own.Keys.Last():yyyy-MM-dd}", "check whether both have the right name and expiry");
            var start = _volumes.Min(v => v.Keys.FirstOrDefault(DateOnly.MaxValue));
            if (own.Keys.First() < earlier.Keys.First() && earlier.Keys.First() > start)
                Add(Severity.Info, contract.Name, $"it expires after {before.Name}, and its bars begin before, on "
                    + $"{own.Keys.First():yyyy-MM-dd}", "check whether both have the right name, or bars are missing");
        }
    }

    // Days on which contracts trade, and the one of the chain does not.
    private void CheckHoles()
    {
        foreach (var (contract, from, to) in _chain.Plan.Stretches.Select((s, i) => (s.Contract, Days.Of(s.From),
            i + 1 < _chain.Plan.Stretches.Count ? Days.Of(_chain.Plan.Stretches[i + 1].From) : Days.Of(s.To).AddDays(1))))
        {
            var missing = _volumes.SelectMany(v => v.Keys).Where(d => d >= from && d < to && !_volumes[contract].ContainsKey(d)).Distinct()
                .Order().ToList();
            if (missing.Count == 0) continue;
            Add(Severity.Warning, _chain.Contracts[contract].Name, string.Create(CultureInfo.InvariantCulture,
                $"it has no bar on {missing.Count} {(missing.Count == 1 ? "day" : "days")} on which the chain holds it and other contracts "
                + $"trade, the first on {missing[0]:yyyy-MM-dd}"), "add these bars, or roll earlier");
        }
    }

    private void CheckRolls()
    {
        foreach (var change in _chain.Plan.Changes)
        {
            if (change.To.Length == 0) continue;
            var (from, to, day) = (PlaceOf(change.From), PlaceOf(change.To), Days.Of(change.Time));
            var common = _volumes[from].Keys.Where(d => _volumes[to].ContainsKey(d)).ToList();
            if (change.Kind == ListingChangeKind.End)
                Add(Severity.Warning, $"{day:yyyy-MM-dd}", $"{change.From} ends, and {change.To} has no bar together with it after the roll was "
                    + "due, so positions are settled and opened by the next signal", common.Count == 0
                        ? $"add earlier bars of {change.To}" : $"add bars of {change.To}, or roll earlier");
            else if (common.Count(d => d < day) is < LeastOverlap and var overlap)
                Add(Severity.Warning, $"{day:yyyy-MM-dd}", string.Create(CultureInfo.InvariantCulture,
                    $"{change.From} and {change.To} have {overlap} common {(overlap == 1 ? "day" : "days")} before the roll"),
                    $"add earlier bars of {change.To}");
            if (change.Kind == ListingChangeKind.Roll) CheckVolume(change, from, to, day);
        }
    }

    // The trading days before the roll, without interruption, on which the next contract has more.
    private void CheckVolume(ListingChange change, int from, int to, DateOnly day)
    {
        var early = _volumes[from].Keys.Where(d => d < day && Days.IsTradingDay(d)).Reverse()
            .TakeWhile(d => _volumes[to].GetValueOrDefault(d) > _volumes[from][d]).ToList();
        if (early.Count <= EarlyDays) return;
        Add(Severity.Warning, $"{day:yyyy-MM-dd}", string.Create(CultureInfo.InvariantCulture, $"the volume moves from {change.From} to "
            + $"{change.To} on {early[^1]:yyyy-MM-dd}, {early.Count} days before the roll"),
            "roll by volume, or that many days earlier");
    }

    private int PlaceOf(string contract) =>
        Enumerable.Range(0, _chain.Contracts.Count).First(c => _chain.Contracts[c].Name == contract);
}
