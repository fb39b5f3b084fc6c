using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Storage.Addresses;

namespace Granary.Backtesting.Combining;

/// <summary>Builds the data section of a combined batch from the distinct sources of its members.</summary>
internal sealed class CombinedData
{
    private readonly List<JsonObject> _parts = [];

    public void Add(RunMember run)
    {
        foreach (var part in run.DataParts()) Add(part);
    }

    /// <summary>Adds a part; parts that differ only in their symbols are joined.</summary>
    /// <exception cref="InputException">Another part has bars of the same symbol.</exception>
    public void Add(JsonObject part)
    {
        var same = _parts.Find(p => TextOf(p) == TextOf(part));
        foreach (var symbol in RunMember.SymbolsOf(part))
            if (_parts.Find(p => p != same && RunMember.SymbolsOf(p).Contains(symbol, StringComparer.Ordinal)) is { } other)
                throw new InputException($"'{symbol}' has bars from {Shown(other)} and from {Shown(part)}, read in another way or at "
                    + "another timeframe; a portfolio values a symbol by one series, so run one of the batches on the other's data");
        if (same is null) _parts.Add(part);
        else same["symbols"] = new JsonArray([.. RunMember.SymbolsOf(same).Union(RunMember.SymbolsOf(part), StringComparer.Ordinal)
            .Select(s => (JsonNode)JsonValue.Create(s))]);
    }

    /// <summary>Adds bars from a source, for symbols that no member's data has.</summary>
    /// <param name="keys">Additional keys of the data section, such as <c>adjust</c>; null for none.</param>
    /// <param name="wanted">The symbols of recorded trades.</param>
    public void AddBars(string source, Timeframe timeframe, JsonObject? keys, GranaryCatalogues catalogues, IEnumerable<string> wanted)
    {
        List<string> missing = [.. wanted.Except(Timeframes().Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (missing.Count == 0) return;
        var folder = Environment.CurrentDirectory;
        var address = source.Contains(':', StringComparison.Ordinal) ? source : "store:" + source;
        var listed = catalogues.Sources.Open(Address.Parse(address, folder)).ListSymbolsAsync(timeframe).AsTask().GetAwaiter().GetResult();
        List<string> found = [.. missing.Intersect(listed, StringComparer.Ordinal)];
        if (found.Count == 0)
            throw new InputException($"--bars {Address.Parse(source)}: it has no {timeframe} bars of the symbols of the trades ("
                + $"{string.Join(", ", missing.Take(5))}); name another source, or leave --bars out");
        var part = (JsonObject?)keys?.DeepClone() ?? [];
        part["source"] = address;
        part["symbols"] = new JsonArray([.. found.Select(s => (JsonNode)JsonValue.Create(s))]);
        part["timeframe"] = timeframe.ToString();
        part["folder"] = folder;
        Add(part);
    }

    /// <summary>Returns the timeframe of each symbol's bars.</summary>
    public Dictionary<string, Timeframe> Timeframes() => _parts
        .SelectMany(p => RunMember.SymbolsOf(p).Select(s => (Symbol: s, Text: p["timeframe"]!.GetValue<string>())))
        .ToDictionary(s => s.Symbol, s => Timeframe.Parse(s.Text), StringComparer.Ordinal);

    /// <summary>Adds the multipliers from recorded trades to parts without instruments.</summary>
    public void AddMultipliers(RecordedMembers recorded)
    {
        foreach (var part in _parts)
            if (part["instruments"] is null && recorded.InstrumentsOf(RunMember.SymbolsOf(part)) is { } instruments)
                part["instruments"] = instruments;
    }

    /// <summary>Returns the section. If members cover different periods, it covers their common period.</summary>
    public JsonObject ToJson(IReadOnlyList<RunMember> runs, CombineSettings settings, List<RunNote> notes)
    {
        var data = new JsonObject();
        foreach (var (key, isLater) in ((string, bool)[])[("from", true), ("to", false)])
        {
            var given = runs.Select(r => r.Batch["data"]![key]?.GetValue<string>()).Distinct(StringComparer.Ordinal).ToList();
            var times = given.Where(t => t is not null).OrderBy(t => DateTimeOffset.Parse(t!, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal)).ToList();
            var shared = isLater ? times.LastOrDefault() : times.FirstOrDefault();
            if (given.Count > 1 && settings.Sections[key] is null)
                notes.Add(new RunNote(NoteCode.DataFinding, $"The members' batches differ in data.{key}; the portfolio has {shared}, so "
                    + "that all of them trade. Set another with --settings.", given.Count));
            if ((settings.Sections[key]?.GetValue<string>() ?? shared) is { } time) data[key] = time;
        }
        var warmUps = runs.Select(r => r.Batch["data"]!["warmUp"]?.GetValue<bool>() ?? true).Distinct().ToList();
        if (warmUps is [false]) data["warmUp"] = false;
        var rates = runs.Select(r => r.Rates()).OfType<JsonNode>().DistinctBy(r => r.ToJsonString(), StringComparer.Ordinal).ToList();
        if (rates.Count > 1)
            throw new InputException($"the members have their exchange rates from several places ({rates[0].ToJsonString()} and "
                + $"{rates[1].ToJsonString()}), and an account has one for each currency; run their batches again with the same data.fx");
        if (rates.Count == 1) data["fx"] = rates[0];
        data["parts"] = new JsonArray([.. _parts.Select(p => (JsonNode)p.DeepClone())]);
        return data;
    }

    private static Address Shown(JsonObject part) => Address.Parse(part["source"]!.GetValue<string>());

    // Everything except the symbols. A missing key and its default count as different.
    private static string TextOf(JsonObject part)
    {
        var copy = (JsonObject)part.DeepClone();
        copy.Remove("symbols");
        return string.Join(',', copy.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => m.Key + "=" + m.Value?.ToJsonString()));
    }
}
