using Granary.Simulation.Json;
using Granary.Simulation.Keys;

namespace Granary.Simulation.Batches;

/// <summary>Reads <c>data.parts</c>: several sources in one batch.</summary>
internal static class DataPartsSection
{
    /// <param name="data">The section <c>data</c>.</param>
    /// <param name="parts">The list <c>data.parts</c>.</param>
    public static DataSpec Read(JsonPart data, JsonPart parts)
    {
        data.Only("parts", "from", "to", "holdout", "warmUp", "fx");
        var read = parts.List().Select(p => new DataPart(BatchReader.Source(p, "folder"), p.Find("folder")?.String())).ToList();
        if (read.Count == 0) throw parts.Fault("no part is named; give at least one, with its source, symbols and timeframe");
        var owners = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < read.Count; i++)
        {
            var part = parts.List()[i];
            foreach (var key in (string[])["from", "to", "holdout", "warmUp", "fx"])
                part.Find(key)?.Wrong("it holds for all parts; write it beside them", 0);
            foreach (var symbol in read[i].Data.Symbols)
                if (!owners.TryAdd(symbol, i) && owners[symbol] != i)
                    part.Need("symbols").Wrong($"'{symbol}' is in another part too; leave it out of one of them", 0);
        }
        var from = data.Find("from")?.Time();
        var to = data.Find("to")?.Time();
        var holdout = data.Find("holdout")?.Time();
        if (from >= holdout) data.Need("holdout").Wrong("it is not after data.from, so that no bar is left; name a later time", 0);
        if (from >= to) data.Need("to").Wrong("it is not after data.from; name a later time", 0);
        return new DataSpec
        {
            Source = read[0].Data.Source,
            Symbols = [.. read.SelectMany(p => p.Data.Symbols).Distinct(StringComparer.Ordinal)],
            Timeframe = read.MinBy(p => p.Data.Timeframe.Ticks)!.Data.Timeframe,
            From = from,
            To = to,
            Holdout = holdout,
            WarmUp = data.Find("warmUp")?.Bool() ?? true,
            Fx = data.Find("fx") is { IsFaulty: false } fx ? FxKey.Read(fx, data.Place) : null,
            FxPlace = data.Find("fx"),
            Parts = [.. read.Select(p => p with { Data = p.Data with { Holdout = holdout } })],
            Place = parts,
            TimeframePlace = parts,
        };
    }
}
