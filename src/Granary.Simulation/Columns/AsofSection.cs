using Granary.Simulation.Json;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Columns;

/// <summary>Checks the list <c>data.asof</c> of a batch file.</summary>
internal static class AsofSection
{
    /// <param name="list">The list; null if there is none.</param>
    public static IReadOnlyList<AsofKeys> Checked(JsonPart? list, IReadOnlyList<AsofKeys> asof)
    {
        if (list is null || list.IsFaulty) return [];
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < asof.Count; i++)
        {
            var (keys, part) = (asof[i], list.Items[i]);
            if (keys.File is { } file && file.Path is null && part.Find("file") is { IsFaulty: false } address)
                address.Wrong($"'{file}' is not a file; name a table with a header", 0);
            if (keys.Columns is not { } columns) continue;
            if (columns.Count == 0) part.Need("columns").Wrong("no column is named; name at least one of the file", 0);
            foreach (var name in keys.Names.Where(n => !names.Add(n)))
                part.Need("columns").Wrong($"the bars would have two columns '{name}'; give one of them another name with \"as\"", 0);
            if (!TimeZoneInfo.TryFindSystemTimeZoneById(keys.TimeZone, out _) && part.Find("timeZone") is { } zone)
                zone.Wrong($"'{keys.TimeZone}' is not a time zone that this machine knows; use an IANA name such as America/New_York", 0);
        }
        return asof;
    }
}
