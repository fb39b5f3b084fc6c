using System.Security.Cryptography;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;
using Granary.Simulation.Tables;

namespace Granary.Simulation.Batches;

/// <summary>The universe of a batch: which symbols may be entered when.</summary>
internal sealed record UniverseSpec
{
    /// <summary>Treatment of a position in a symbol that has left.</summary>
    public required LeavePolicy OnLeave { get; init; }

    /// <summary>The spans of a file of members by symbol; null if the symbols are ranked, or if the file was not opened.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<MemberRow>>? Members { get; init; }

    /// <summary>SHA-256 of the file of members, lower-case hex; null without one.</summary>
    public string? Hash { get; init; }

    /// <summary>The rule by which symbols are ranked; null for a file of members.</summary>
    public UniverseRule? Rule { get; init; }

    /// <summary>The section as it was read.</summary>
    internal UniverseKeys Keys { get; init; } = new();

    /// <summary>Reads the section.</summary>
    /// <param name="opensFiles">Whether the files of the batch, and its factors, are on this machine.</param>
    /// <exception cref="InputException">A value, or a line of the file, is invalid.</exception>
    internal static UniverseSpec Read(JsonPart part, GranaryCatalogues catalogues, bool opensFiles)
    {
        var keys = RecordKeys<UniverseKeys>.Read(part);
        Check(part, keys);
        var spec = new UniverseSpec { OnLeave = keys.OnLeave, Keys = keys };
        if (part.IsFaulty || !opensFiles) return spec;
        if (keys.Members is null) return spec with { Rule = UniverseRule.Read(part, keys, catalogues.Factors) };
        var place = part.Need("members");
        if (keys.Members.Path is not { } path) return place.Wrong($"'{keys.Members}' is not a file; name a file of members", spec);
        try
        {
            var rows = MembersCsv.Read(path, keys.Members.Files, catalogues.Tables);
            return spec with
            {
                Members = rows.GroupBy(r => r.Symbol, StringComparer.Ordinal)
                    .ToDictionary(g => g.Key, g => (IReadOnlyList<MemberRow>)[.. g], StringComparer.Ordinal),
                Hash = Convert.ToHexStringLower(SHA256.HashData(keys.Members.Files.ReadAllBytes(path))),
            };
        }
        catch (Exception e) when (e is BarDataException or BarStoreException)
        {
            return place.Wrong(e.Message, spec, e);
        }
    }

    private static void Check(JsonPart part, UniverseKeys keys)
    {
        if (part.IsFaulty) return;
        if (keys.Members is null && keys.Rank is null) part.Wrong("name a file of 'members', or a factor as 'rank'", 0);
        else if (keys.Members is null && keys.Top is null)
            part.Wrong("'top' is missing; say how many of the ranked symbols are members", 0);
        else if (keys.Members is not null)
            foreach (var name in (string[])["rank", "top", "every", "where"])
                part.Find(name)?.Wrong("'members' is given, and this is for a ranking; leave one of them out", 0);
    }

    /// <summary>Returns when a symbol is a member; never if the file of members does not name it.</summary>
    public Membership MembershipOf(string symbol) => new(OnLeave, Members?.GetValueOrDefault(symbol) is { } rows
        ? rows.Select(r => new MemberSpan(r.From, r.To)) : []);

    /// <summary>
    /// Returns the data with the delistings of the members: a symbol whose last row has a delisting return ends then. "*" stands for the
    /// symbols that are members within the data's range.
    /// </summary>
    /// <exception cref="InputException">The batch gives another delisting of a symbol.</exception>
    internal DataSpec ApplyTo(DataSpec data)
    {
        if (Members is null) return data;
        if (data.Parts.Count > 0) return data with { Parts = [.. data.Parts.Select(p => p with { Data = ApplyTo(p.Data) })] };
        var (from, to) = (data.From ?? 0, data.To ?? long.MaxValue);
        return data with
        {
            Instruments = WithDelistings(data),
            Among = Members.Where(m => m.Value.Any(r => r.From < to && r.To > from)).Select(m => m.Key).ToHashSet(StringComparer.Ordinal),
        };
    }

    private Dictionary<string, InstrumentKeys> WithDelistings(DataSpec data)
    {
        var instruments = new Dictionary<string, InstrumentKeys>(data.Instruments, StringComparer.Ordinal);
        foreach (var (symbol, rows) in Members!)
        {
            if (rows[^1] is not { DelistingReturn: { } loss, To: var time }) continue;
            var own = instruments.GetValueOrDefault(symbol);
            if (own?.Delisted is { } other && (other != time || own.DelistingReturn != loss))
                data.InstrumentsPart!.Need(symbol).Need("delisted").Wrong("universe.members has another delisting of this symbol; leave one "
                    + "of them out", 0);
            instruments[symbol] = (own ?? instruments.GetValueOrDefault("*") ?? new InstrumentKeys()) with
            {
                Delisted = time,
                DelistingReturn = loss,
            };
        }
        return instruments;
    }
}
