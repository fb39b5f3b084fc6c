using Granary.Data.Reading;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Formats;

/// <summary>Finds the member of JSON records that tells markets apart, by the rules of <see cref="SymbolColumns"/>.</summary>
internal static class JsonSymbols
{
    /// <summary>Returns the member with the symbols; null if there is none.</summary>
    /// <param name="roles">The roles of members; those that must not change are added.</param>
    /// <param name="constants">Receives the texts of members that must not change.</param>
    /// <exception cref="BarDataException">A member may hold the symbols.</exception>
    public static string? Decide(FileSample sample, JsonSample found, Dictionary<string, ColumnRole> roles,
        Dictionary<string, string> constants, BarFileOptions options)
    {
        if (options.Columns?.Symbol is { } chosen)
            return chosen.Length == 0 ? null : found.Objects[0].ContainsKey(chosen) ? chosen
                : throw BarDataException.At(sample.FileName, 1, null, $"the records have no member '{chosen}' for symbol",
                    "use one of " + string.Join(", ", found.Objects[0].Keys));
        var members = found.Objects[0].Keys.Where(m => !roles.ContainsKey(m)).ToList();
        List<string> Values(string member) => [.. found.Objects.Select(o => o.GetValueOrDefault(member, ""))];
        var time = roles.First(r => r.Value == ColumnRole.Time).Key;
        var times = Values(time);
        var isMonotone = IsMonotone(times);
        if (SymbolColumns.ByName(members, Values, isMonotone) is { } named) return named;
        foreach (var member in members)
        {
            var values = Values(member);
            if (!SymbolColumns.AreWords(values)) continue;
            if (values.TrueForAll(v => v == values[0]))
            {
                roles[member] = ColumnRole.Constant;
                constants[member] = values[0];
            }
            else if (SymbolColumns.ChangesAsSymbols(values, isMonotone))
            {
                var other = values.First(v => v != values[0]);
                throw BarDataException.At(sample.FileName, null, $"record {values.IndexOf(other) + 1} {member}",
                    $"the text changes from '{values[0]}' to '{other}', as symbols do", ColumnMapping.SymbolQuestion(member));
            }
        }
        return null;
    }

    // Numbers and ISO times of one length sort as texts.
    private static bool IsMonotone(List<string> times)
    {
        var direction = 0;
        for (var i = 1; i < times.Count; i++)
        {
            var step = times[i].Length != times[i - 1].Length ? times[i].Length.CompareTo(times[i - 1].Length)
                : Math.Sign(string.CompareOrdinal(times[i], times[i - 1]));
            if (direction == 0) direction = step;
            if (step == 0 || step != direction) return false;
        }
        return true;
    }
}
