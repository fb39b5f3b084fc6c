using System.Globalization;
using Granary.Engine;

namespace Granary.Trading.Deployments;

/// <summary>Reads the equity of a run by day.</summary>
internal static class EquityDays
{
    /// <summary>Returns the last equity of each UTC day in a file of a run, whose rows have the open times of bars.</summary>
    /// <exception cref="InputException">The run has no such file, or it is damaged.</exception>
    public static IReadOnlyList<DayEquity> Read(string folder, string name = "equity.csv")
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
            throw new InputException($"{folder} has no {name}; name the folder of a run that has \"equity\" among its outputs");
        var days = new SortedDictionary<DateOnly, double>();
        var line = 1;
        foreach (var row in File.ReadLines(path).Skip(1))
        {
            line++;
            var fields = row.Split(',');
            if (fields.Length < 2 || !DateTime.TryParse(fields[0], CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
                || !double.TryParse(fields[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var equity))
                throw new InputException($"{path}, line {line}: a row needs a time and an equity; run the batch again");
            days[DateOnly.FromDateTime(time)] = equity;
        }
        return [.. days.Select(d => new DayEquity(d.Key, d.Value))];
    }
}
