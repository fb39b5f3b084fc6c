using System.Globalization;
using System.Text;
using Granary.Data.Reading;
using Granary.Data.Text;

namespace Granary.Data.Formats;

/// <summary>
/// Finds which value of a list is which price. Exchanges write them in different orders; only one of these makes valid bars of all records.
/// </summary>
internal static class JsonValueOrder
{
    private static readonly (string Of, ColumnRole[] Roles)[] Known =
    [
        ("", [ColumnRole.Time, ColumnRole.Open, ColumnRole.High, ColumnRole.Low, ColumnRole.Close, ColumnRole.Volume]),
        ("Coinbase's", [ColumnRole.Time, ColumnRole.Low, ColumnRole.High, ColumnRole.Open, ColumnRole.Close, ColumnRole.Volume]),
        ("Bitfinex's and KuCoin's", [ColumnRole.Time, ColumnRole.Open, ColumnRole.Close, ColumnRole.High, ColumnRole.Low,
            ColumnRole.Volume]),
        ("Gate.io's", [ColumnRole.Time, ColumnRole.Skip, ColumnRole.Close, ColumnRole.High, ColumnRole.Low, ColumnRole.Open,
            ColumnRole.Volume]),
    ];

    /// <summary>Returns the roles of the values, and a note if they are in a different order than usual.</summary>
    public static (ColumnRole[] Roles, string? Note) Of(IReadOnlyList<IReadOnlyList<string>> records)
    {
        // The usual order is kept where no other fits better: a faulty record is a fault of its own.
        var (best, fits) = (Known[0], Fitting(records, Known[0].Roles));
        foreach (var order in Known.Skip(1))
            if (Fitting(records, order.Roles) is var n && n > fits)
                (best, fits) = (order, n);
        var length = records.Count > 0 ? records[0].Count : best.Roles.Length;
        var roles = best.Roles.Length <= length ? best.Roles : best.Roles[..length];
        return (roles, best.Of.Length == 0 ? null : "the values of a bar are in " + best.Of + " order: "
            + string.Join(", ", roles.Select(r => r == ColumnRole.Skip ? "(other)" : r.ToString().ToLowerInvariant())));
    }

    /// <summary>The style of the times, which are the first values.</summary>
    public static DateStyle? StyleOf(IReadOnlyList<IReadOnlyList<string>> records, out bool beforeEpoch)
    {
        var times = records.Select(r => Encoding.UTF8.GetBytes(r[0])).ToList();
        beforeEpoch = TimestampStyle.EarlyEpoch(times) is not null;
        return TimestampStyle.Detect(times, out _);
    }

    private static int Fitting(IReadOnlyList<IReadOnlyList<string>> records, ColumnRole[] roles)
    {
        var fitting = 0;
        foreach (var record in records)
        {
            double Value(ColumnRole role) => Array.IndexOf(roles, role) is >= 0 and var i && i < record.Count
                && double.TryParse(record[i], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN;
            if (BarCollector.IsBar(Value(ColumnRole.Open), Value(ColumnRole.High), Value(ColumnRole.Low), Value(ColumnRole.Close), 0))
                fitting++;
        }
        return fitting;
    }
}
